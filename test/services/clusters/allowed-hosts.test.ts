import { describe, expect, it } from 'vitest'
import { isAllowed, readAllowedHost } from '../../../src/services/clusters/allowed-hosts.ts'

const allows = (entry: string, url: string): boolean => {
  const host = readAllowedHost(entry)
  if (host === undefined) throw new Error(`not an entry: ${entry}`)
  return isAllowed(url, [host])
}

describe('a list of allowed hosts', () => {
  it.each([
    ['prometheus.seoul', 'http://prometheus.seoul:9090/prefix'],
    ['prometheus.seoul', 'https://PROMETHEUS.Seoul'],
    ['Prometheus.Seoul.', 'http://prometheus.seoul'],
    ['prometheus.seoul', 'http://prometheus.seoul.:9090'],
    ['prometheus.seoul:9090', 'http://prometheus.seoul:9090'],
    ['prometheus.seoul:80', 'http://prometheus.seoul'],
    ['prometheus.seoul:443', 'https://prometheus.seoul'],
    ['*.example.org', 'http://a.example.org'],
    ['*.example.org', 'http://a.b.EXAMPLE.org.:9090'],
    ['*.example.org:9090', 'http://a.example.org:9090'],
    ['10.0.0.1', 'http://10.0.0.1:9090'],
    ['10.0.0.1', 'http://0x0a000001'],
    ['fd00::1', 'http://[FD00:0::1]:9090'],
    ['[fd00::1]:9090', 'http://[fd00::1]:9090'],
    ['프로메테우스.한국', 'http://프로메테우스.한국'],
  ])('%s has %s', (entry, url) => {
    expect(allows(entry, url)).toBe(true)
  })

  it.each([
    ['prometheus.seoul', 'http://prometheus.seoul@inside:9090'],
    ['prometheus.seoul', 'http://inside/prometheus.seoul'],
    ['prometheus.seoul', 'http://inside\\@prometheus.seoul'],
    ['prometheus.seoul', 'http://inside#@prometheus.seoul'],
    ['prometheus.seoul', 'http://inside?@prometheus.seoul'],
    ['prometheus.seoul', 'http://prometheus.seoul.inside'],
    ['prometheus.seoul', 'http://xprometheus.seoul'],
    ['prometheus.seoul', 'http://prometheus.seoul..'],
    ['prometheus.seoul:9090', 'http://prometheus.seoul'],
    ['prometheus.seoul:9090', 'http://prometheus.seoul:9091'],
    ['prometheus.seoul:443', 'http://prometheus.seoul'],
    ['*.example.org', 'http://example.org'],
    ['*.example.org', 'http://badexample.org'],
    ['*.example.org', 'http://a.example.org.inside'],
    ['10.0.0.1', 'http://[::ffff:10.0.0.1]'],
    ['127.0.0.1', 'http://localhost'],
    ['localhost', 'http://127.0.0.1'],
    ['fd00::1', 'http://[fd00::2]'],
  ])('%s has not %s', (entry, url) => {
    expect(allows(entry, url)).toBe(false)
  })

  it.each([
    '',
    '*',
    '*.',
    '*.10.0.0.1',
    'a.*.org',
    'http://prometheus',
    'user@prometheus',
    'prometheus/path',
    'prometheus:0',
    'prometheus:65536',
    'prometheus:http',
    'two words',
    '999.1.1.1',
    '[fd00::1',
    'fd00::1:99999',
  ])('cannot hold %j', (entry) => {
    expect(readAllowedHost(entry)).toBeUndefined()
  })
})
