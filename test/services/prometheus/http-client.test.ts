import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { equals, gauge, oneOf } from '../../../src/promql/expression.ts'
import {
  clusterSpec,
  createHttpClient,
  type HttpClient,
} from '../../../src/services/prometheus/index.ts'
import {
  errorAnswer,
  startFakePrometheus,
  vectorBody,
  type FakePrometheus,
  type FakeRequest,
} from '../../support/fake-prometheus.ts'

const AT = new Date('2026-11-20T05:00:00.250Z')
const POWER = gauge('DCGM_FI_DEV_POWER_USAGE')

let fake: FakePrometheus
const open: HttpClient[] = []

beforeAll(async () => {
  fake = await startFakePrometheus({
    samples: 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",Hostname="node-a"} 310.5',
  })
})
afterEach(async () => {
  fake.answer(undefined)
  await Promise.all(open.splice(0).map((client) => client.close()))
})
afterAll(() => fake.close())

function client(fields: object = {}, maxAnswerBytes?: number): HttpClient {
  const spec = clusterSpec(5).parse({ name: 'seoul', url: fake.url, ...fields })
  const made = createHttpClient(spec, maxAnswerBytes === undefined ? {} : { maxAnswerBytes })
  open.push(made)
  return made
}

const instant = (asked: HttpClient, query = POWER, signal?: AbortSignal) =>
  asked.instant(query, AT, { shelf: 'realtime', signal })

const lastRequest = (): FakeRequest => fake.requests.at(-1)!

describe('an instant query', () => {
  it('gives the samples, their size and the time they are of', async () => {
    const reply = await instant(client())
    expect(reply).toEqual({
      rows: [
        {
          labels: {
            __name__: 'DCGM_FI_DEV_POWER_USAGE',
            UUID: 'GPU-1',
            Hostname: 'node-a',
          },
          seconds: 1795150800.25,
          value: 310.5,
        },
      ],
      warnings: [],
      infos: [],
      bytes: expect.any(Number) as number,
      evaluatedAt: AT,
    })
    expect(reply.bytes).toBe(
      vectorBody([{ labels: reply.rows[0]!.labels, value: 310.5 }], reply.rows[0]!.seconds).length,
    )
  })

  it('asks by GET, at its time, and lets the server stop at the deadline as well', async () => {
    await instant(client({ timeout: '2500ms' }))
    const { method, path, params } = lastRequest()
    expect(method).toBe('GET')
    expect(path).toBe('/api/v1/query')
    expect(Object.fromEntries(params)).toEqual({
      query: 'DCGM_FI_DEV_POWER_USAGE',
      time: '1795150800.25',
      timeout: '2.5',
    })
  })

  it('asks by POST when the query is long', async () => {
    const uuids = Array.from({ length: 200 }, (_, i) => `GPU-${i}-한`)
    await instant(client(), gauge('DCGM_FI_DEV_POWER_USAGE', [oneOf('UUID', ['x', ...uuids])]))
    const { method, params } = lastRequest()
    expect(method).toBe('POST')
    expect(params.get('query')).toContain('GPU-199-한')
    expect(params.get('time')).toBe('1795150800.25')
  })

  it('carries warnings and infos up', async () => {
    fake.answer({ body: vectorBody([], 1, { warnings: ['w'], infos: ['i'], isPartial: true }) })
    const { warnings, infos } = await instant(client())
    expect(warnings).toEqual(['w', 'isPartial: a part of the storage did not answer'])
    expect(infos).toEqual(['i'])
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('reads an answer that came as %s', async (encoding, pack) => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({ labels: { i: String(i) }, value: i }))
    const body = vectorBody(rows, 1)
    fake.answer({ headers: { 'content-encoding': encoding }, body: pack(body) })
    const reply = await instant(client())
    expect(reply.rows).toHaveLength(3000)
    expect(reply.bytes).toBe(body.length)
  })

  it('keeps its connection for the next question', async () => {
    const ports = new Set<string | undefined>()
    fake.answer(({ headers }) => {
      ports.add(headers.connection)
      return undefined
    })
    const asked = client()
    await instant(asked)
    await instant(asked)
    expect([...ports]).toEqual(['keep-alive'])
  })
})

describe('a range query', () => {
  it('gives each series as two arrays, and asks for the window', async () => {
    const start = new Date('2026-11-20T05:00:00Z')
    const end = new Date('2026-11-20T05:00:45Z')
    const reply = await client().range(POWER, { start, end, stepSeconds: 15 }, { shelf: 'series' })
    expect(reply.evaluatedAt).toEqual(end)
    expect([...reply.rows[0]!.seconds]).toEqual([1795150800, 1795150815, 1795150830, 1795150845])
    expect([...reply.rows[0]!.values]).toEqual([310.5, 310.5, 310.5, 310.5])
    const { path, params } = lastRequest()
    expect(path).toBe('/api/v1/query_range')
    expect(Object.fromEntries(params)).toMatchObject({
      start: '1795150800',
      end: '1795150845',
      step: '15',
    })
  })
})

describe('what is sent with a query', () => {
  it('is basic auth, where the cluster has it', async () => {
    await instant(client({ username: 'lab', password: 'pä:ss' }))
    const [scheme, credentials = ''] = lastRequest().headers.authorization!.split(' ')
    expect(scheme).toBe('Basic')
    expect(Buffer.from(credentials, 'base64').toString()).toBe('lab:pä:ss')
  })

  it('is the bearer token, where the cluster has one', async () => {
    await instant(client({ bearer_token: 's3cret' }))
    expect(lastRequest().headers.authorization).toBe('Bearer s3cret')
  })

  it("is the cluster's own headers and parameters", async () => {
    await instant(client({ headers: { 'X-Team': 'power' }, params: { engine: 'thanos' } }))
    expect(lastRequest().headers['x-team']).toBe('power')
    expect(lastRequest().params.get('engine')).toBe('thanos')
  })

  it('is the wish for gzip only where it was configured', async () => {
    await instant(client())
    expect(lastRequest().headers['accept-encoding']).toBeUndefined()
    await instant(client({ compression: true }))
    expect(lastRequest().headers['accept-encoding']).toBe('gzip')
  })

  it("is the cluster's labels as matchers of every selection", async () => {
    await instant(
      client({ labels: { cluster: 'seoul"' } }),
      gauge('DCGM_FI_DEV_POWER_USAGE', [equals('UUID', 'GPU-1')]),
    )
    const query = lastRequest().params.get('query')!
    expect(query).toContain('UUID="GPU-1"')
    expect(query).toContain('cluster="seoul\\""')
  })
})

describe('the flavours', () => {
  it.each([
    ['prometheus', '', '/api/v1/query'],
    ['prometheus', '/prom/', '/prom/api/v1/query'],
    ['mimir', '', '/prometheus/api/v1/query'],
    ['mimir', '/prometheus', '/prometheus/api/v1/query'],
    ['mimir', '/tenants/a', '/tenants/a/prometheus/api/v1/query'],
    ['victoriametrics', '/select/0/prometheus', '/select/0/prometheus/api/v1/query'],
  ])('%s at "%s" is asked at %s', async (flavour, below, path) => {
    fake.answer({ body: vectorBody([], 1) })
    await instant(client({ flavour, url: fake.url + below }))
    expect(lastRequest().path).toBe(path)
  })

  it('Mimir gets a tenant, which the cluster may name', async () => {
    await instant(client({ flavour: 'mimir' }))
    expect(lastRequest().headers['x-scope-orgid']).toBe('anonymous')
    await instant(client({ flavour: 'mimir', headers: { 'X-Scope-OrgID': 'team-a' } }))
    expect(lastRequest().headers['x-scope-orgid']).toBe('team-a')
  })

  it('Thanos is asked for half an answer rather than none', async () => {
    await instant(client({ flavour: 'thanos' }))
    expect(lastRequest().params.get('partial_response')).toBe('true')
    expect(lastRequest().params.get('dedup')).toBe('true')
  })

  it('VictoriaMetrics is told not to move our times', async () => {
    await instant(client({ flavour: 'victoriametrics' }))
    expect(lastRequest().params.get('nocache')).toBe('1')
  })
})

describe('the build information', () => {
  it('names the version', async () => {
    expect(await client().buildInfo()).toEqual({ version: '2.42.0-fake' })
  })

  it.each([
    ['leaves it empty', { body: '{"status":"success","data":{}}' }],
    ['hides the page', { status: 404, body: 'not found' }],
    ['refuses the page', { status: 403, body: 'no' }],
  ])('has no version where the backend %s but answers queries', async (_, answer) => {
    fake.answer(({ path }) => (path.endsWith('buildinfo') ? answer : undefined))
    expect(await client().buildInfo()).toEqual({ version: null })
  })

  it('rejects where queries are refused as well', async () => {
    fake.answer({ status: 401, body: 'Unauthorized' })
    await expect(client().buildInfo()).rejects.toMatchObject({ kind: 'backend_unauthorized' })
  })

  it('rejects where the backend is not ready', async () => {
    fake.answer({ status: 503, body: 'Service Unavailable' })
    await expect(client().buildInfo()).rejects.toMatchObject({ kind: 'backend_overloaded' })
    expect(lastRequest().path).toBe('/api/v1/status/buildinfo')
  })
})

describe('an answer that is too large', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ labels: { i: String(i) }, value: i }))
  const body = vectorBody(rows, 1)

  it('is not read to its end', async () => {
    fake.answer({ body })
    await expect(instant(client({}, 10_000))).rejects.toMatchObject({ kind: 'backend_too_large' })
  })

  it('is measured unpacked', async () => {
    const packed = gzipSync(body)
    fake.answer({ headers: { 'content-encoding': 'gzip' }, body: packed })
    expect(packed.length).toBeLessThan(10_000)
    await expect(instant(client({}, 10_000))).rejects.toMatchObject({ kind: 'backend_too_large' })
  })

  it('leaves the client able to ask again', async () => {
    const asked = client({}, 10_000)
    fake.answer({ body })
    await expect(instant(asked)).rejects.toMatchObject({ kind: 'backend_too_large' })
    fake.answer(undefined)
    expect((await instant(asked)).rows).toHaveLength(1)
  })
})

describe('a question that is given up', () => {
  it("rejects with the reason of the caller's signal", async () => {
    fake.answer({ delayMs: Number.POSITIVE_INFINITY })
    const caller = new AbortController()
    const asked = instant(client(), POWER, caller.signal)
    const reason = new Error('went away')
    caller.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  it('is not asked when it was given up before', async () => {
    const before = fake.requests.length
    await expect(instant(client(), POWER, AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    )
    expect(fake.requests).toHaveLength(before)
  })

  it('is a timeout when a clock gave it up', async () => {
    fake.answer({ delayMs: Number.POSITIVE_INFINITY })
    const asked = instant(client(), POWER, AbortSignal.timeout(20))
    await expect(asked).rejects.toMatchObject({ kind: 'backend_timeout' })
  })

  it('ends in time while it still waits for a connection', async () => {
    fake.answer({ delayMs: Number.POSITIVE_INFINITY })
    const asked = client({ timeout: '100ms' })
    const all = Array.from({ length: 40 }, () => instant(asked).catch((error: unknown) => error))
    for (const error of await Promise.all(all))
      expect(error).toMatchObject({ kind: 'backend_timeout' })
  })
})

describe('a client that was closed', () => {
  it('lets the question under way finish and takes no other', async () => {
    fake.answer({ delayMs: 50, body: vectorBody([], 1) })
    const asked = client()
    const underWay = instant(asked)
    const closed = asked.close()
    open.splice(0)
    await expect(instant(asked)).rejects.toMatchObject({
      kind: 'backend_unreachable',
      detail: 'the cluster was removed',
    })
    expect((await underWay).rows).toEqual([])
    await closed
  })
})

describe('certificate files', () => {
  it.each(['ca_file', 'cert_file'])('name the field that cannot be read: %s', (field) => {
    const fields = { url: 'https://127.0.0.1:1', [field]: '/nowhere.pem', key_file: undefined }
    if (field === 'cert_file') Object.assign(fields, { key_file: '/nowhere.key' })
    expect(() => client(fields)).toThrow(
      expect.objectContaining({ kind: 'invalid_request' }) as Error,
    )
    expect(() => client(fields)).toThrow(field)
  })
})

describe('a refusal', () => {
  it('tells callers neither query nor address', async () => {
    fake.answer(errorAnswer(422, 'execution', `bad DCGM_FI_DEV_POWER_USAGE at ${fake.url}`))
    const error: unknown = await instant(client()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ kind: 'backend_rejected', detail: 'cannot execute the query' })
    expect((error as Error).cause).toMatchObject({
      message: expect.stringContaining('DCGM') as string,
    })
  })
})
