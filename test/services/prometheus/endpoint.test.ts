import { describe, expect, it } from 'vitest'
import { clusterSpec, clusterSpecs } from '../../../src/services/prometheus/index.ts'

const read = (fields: object) =>
  clusterSpec(10).safeParse({ name: 'a', url: 'http://p:9090', ...fields })

/** Where the complaints point, with what they say. */
function complaints(fields: object): readonly string[] {
  const { error } = read(fields)
  return (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

describe('a cluster of the configuration', () => {
  it('needs a name and an address', () => {
    expect(clusterSpec(10).parse({ name: 'seoul', url: 'http://prometheus:9090' })).toEqual({
      name: 'seoul',
      url: 'http://prometheus:9090',
      region: null,
      description: null,
      flavour: 'prometheus',
      timeoutSeconds: 10,
      basicAuth: null,
      bearerToken: null,
      headers: {},
      caFile: null,
      certFile: null,
      keyFile: null,
      labels: {},
      params: {},
      compression: false,
    })
  })

  it('may say everything', () => {
    const spec = clusterSpec(10).parse({
      name: 'busan.2-b_c',
      url: 'https://mimir.example/tenants',
      region: 'kr-south',
      description: 'Training',
      flavour: 'mimir',
      timeout: '1m30s',
      username: 'lab',
      password: 'pw',
      headers: { 'X-Scope-OrgID': 'team-a' },
      ca_file: '/etc/ca.pem',
      cert_file: '/etc/cert.pem',
      key_file: '/etc/key.pem',
      labels: { cluster: 'busan' },
      params: { max_source_resolution: '5m' },
      compression: true,
    })
    expect(spec).toMatchObject({
      flavour: 'mimir',
      timeoutSeconds: 90,
      basicAuth: { username: 'lab', password: 'pw' },
      caFile: '/etc/ca.pem',
      certFile: '/etc/cert.pem',
      keyFile: '/etc/key.pem',
      labels: { cluster: 'busan' },
      params: { max_source_resolution: '5m' },
      compression: true,
    })
  })

  it.each<[unknown, number]>([
    [5, 5],
    [0.5, 0.5],
    ['5', 5],
    ['2.5', 2.5],
    ['30s', 30],
    ['1m', 60],
  ])('takes the timeout %j for %d s', (timeout, seconds) => {
    expect(read({ timeout }).data?.timeoutSeconds).toBe(seconds)
  })

  it.each<[string, object, string]>([
    ['an unknown field', { nmae: 'x' }, 'nmae'],
    ['a name with a blank', { name: 'a b' }, 'name'],
    ['a name that begins with a dash', { name: '-a' }, 'name'],
    ['a name of 64 letters', { name: 'a'.repeat(64) }, 'name'],
    ['no address', { url: '' }, 'url'],
    ['an address without scheme', { url: 'prometheus:9090' }, 'url'],
    ['an address of another kind', { url: 'ftp://prometheus' }, 'url'],
    ['an address with credentials', { url: 'http://u:p@prometheus' }, 'url'],
    ['an address with a query', { url: 'http://prometheus/?x=1' }, 'url'],
    ['an address with a fragment', { url: 'http://prometheus/#x' }, 'url'],
    ['an unknown flavour', { flavour: 'influx' }, 'flavour'],
    ['a timeout of nothing', { timeout: 0 }, 'timeout'],
    ['a timeout below nothing', { timeout: -1 }, 'timeout'],
    ['a timeout of two hours', { timeout: '2h' }, 'timeout'],
    ['a timeout that is a word', { timeout: 'soon' }, 'timeout'],
    ['a username alone', { username: 'u' }, 'username'],
    ['a username with a colon', { username: 'u:x', password: 'p' }, 'username'],
    [
      'two kinds of credentials',
      { username: 'u', password: 'p', bearer_token: 't' },
      'bearer_token',
    ],
    ['a token with a line break', { bearer_token: 'a\nb' }, 'bearer_token'],
    ['a header with a line break', { headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers.X-A'],
    [
      'a header of the connection',
      { headers: { 'Transfer-Encoding': 'chunked' } },
      'headers.Transfer-Encoding',
    ],
    ['a parameter of every query', { params: { query: 'up' } }, 'params.query'],
    ['a label that is none', { labels: { 'a-b': 'x' } }, 'labels.a-b'],
    ['a CA without TLS', { ca_file: '/ca.pem' }, 'ca_file'],
    ['a certificate without key', { url: 'https://p', cert_file: '/c.pem' }, 'cert_file'],
  ])('is refused with %s, by the name of the field', (_, fields, field) => {
    const found = complaints(fields)
    expect(found.length).toBeGreaterThan(0)
    expect(
      found.every((complaint) => complaint.startsWith(field) || complaint.includes(field)),
    ).toBe(true)
  })

  it('never repeats a credential in a complaint', () => {
    const said = complaints({ url: 'http://admin:hunter2@p', bearer_token: 'qwerty\nx' }).join()
    expect(said).not.toMatch(/hunter2|admin|qwerty/)
    expect(said).toContain('give them as username and password')
  })
})

describe('the list of clusters', () => {
  it('refuses a name that is used twice, at its second use', () => {
    const list = ['a', 'b', 'a'].map((name) => ({ name, url: 'http://p' }))
    const { error } = clusterSpecs(10).safeParse(list)
    expect(error?.issues).toMatchObject([{ path: [2, 'name'], message: 'is used twice' }])
  })

  it('refuses to be empty', () => {
    expect(clusterSpecs(10).safeParse([]).success).toBe(false)
  })
})
