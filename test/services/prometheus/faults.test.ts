import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gauge } from '../../../src/promql/expression.ts'
import {
  clusterSpec,
  createHttpClient,
  type HttpClient,
} from '../../../src/services/prometheus/index.ts'
import {
  errorAnswer,
  startFakePrometheus,
  vectorBody,
  type FakeAnswer,
  type FakePrometheus,
} from '../../support/fake-prometheus.ts'
import { startFaultProxy, type Fault, type FaultProxy } from '../../support/fault-proxy.ts'

const QUERY = gauge('secret_metric')
const BODY = vectorBody(
  Array.from({ length: 3000 }, (_, i) => ({ labels: { i: String(i) }, value: i })),
  1,
)

let fake: FakePrometheus
let proxy: FaultProxy

beforeAll(async () => {
  fake = await startFakePrometheus()
  proxy = await startFaultProxy(fake.port)
})
afterAll(async () => {
  await proxy.close()
  await fake.close()
})

/** How one question ends for a client of its own, which is closed again. */
async function ask(url: string, fields: object = {}): Promise<unknown> {
  const client: HttpClient = createHttpClient(
    clusterSpec(5).parse({ name: 'seoul', url, ...fields }),
  )
  try {
    return await client.instant(QUERY, new Date(0), { shelf: 'realtime' })
  } catch (error) {
    return error
  } finally {
    await client.close()
  }
}

describe('a fault of the network', () => {
  const patience = { timeout: '300ms' }
  it.each<[Fault, string, string]>([
    [{ mode: 'refuse' }, 'backend_unreachable', 'connection reset'],
    [{ mode: 'blackhole' }, 'backend_timeout', 'did not answer within 0.3 s'],
    [{ mode: 'latency', ms: 60_000 }, 'backend_timeout', 'did not answer within 0.3 s'],
    [{ mode: 'cut', bytes: 0 }, 'backend_unreachable', 'connection reset'],
    [{ mode: 'cut', bytes: 50 }, 'backend_unreachable', 'connection reset'],
    [{ mode: 'cut', bytes: 70_000 }, 'backend_unreachable', 'connection reset'],
    [
      { mode: 'hangup', bytes: 0 },
      'backend_unreachable',
      'the connection broke before its answer was complete',
    ],
    [
      { mode: 'hangup', bytes: 50 },
      'backend_unreachable',
      'the connection broke before its answer was complete',
    ],
    [
      { mode: 'hangup', bytes: 70_000 },
      'backend_unreachable',
      'the connection broke before its answer was complete',
    ],
    [{ mode: 'garbage' }, 'backend_invalid', 'its answer is not HTTP'],
    [{ mode: 'status', code: 200 }, 'backend_invalid', 'its answer is not whole JSON'],
    [{ mode: 'status', code: 502 }, 'backend_overloaded', 'is not able to answer now (status 502)'],
    [{ mode: 'status', code: 429 }, 'backend_overloaded', 'asks for fewer questions (status 429)'],
  ])('%j is %s: %s', async (fault, kind, detail) => {
    fake.answer({ body: BODY })
    proxy.be(fault)
    const error = await ask(
      proxy.url,
      fault.mode === 'blackhole' || fault.mode === 'latency' ? patience : {},
    )
    expect(error).toMatchObject({ kind, detail })
  })

  it.each([10, 100, 1000])('in a chunked answer after %i bytes is no answer', async (bytes) => {
    fake.answer({ headers: { 'transfer-encoding': 'chunked' }, body: BODY })
    proxy.be({ mode: 'hangup', bytes })
    expect(await ask(proxy.url)).toMatchObject({ kind: 'backend_unreachable' })
  })

  it('is over when it is over, for the same client', async () => {
    fake.answer({ body: BODY })
    const client = createHttpClient(clusterSpec(5).parse({ name: 'seoul', url: proxy.url }))
    const read = () => client.instant(QUERY, new Date(0), { shelf: 'realtime' })
    for (const fault of [
      { mode: 'refuse' },
      { mode: 'cut', bytes: 500 },
      { mode: 'garbage' },
    ] as const) {
      proxy.be(fault)
      await expect(read()).rejects.toThrow()
      proxy.be({ mode: 'pass' })
      expect((await read()).rows).toHaveLength(3000)
    }
    await client.close()
  })

  it('is said in words where nobody listens', async () => {
    const gone = await startFakePrometheus()
    await gone.close()
    expect(await ask(gone.url)).toMatchObject({
      kind: 'backend_unreachable',
      detail: 'connection refused',
    })
  })

  it('is said in words where the name does not exist', async () => {
    const error = await ask('http://prometheus.invalid:9090')
    expect(error).toMatchObject({ kind: 'backend_unreachable' })
    expect((error as { detail: string }).detail).toMatch(
      /its name (is not known|cannot be looked up)/,
    )
  })
})

describe('an answer that is no result', () => {
  const html = { headers: { 'content-type': 'text/html' }, body: '<html>login</html>' }
  it.each<[string, FakeAnswer, string, string]>([
    ['400', errorAnswer(400, 'bad_data', 'secret_metric'), 'backend_rejected', 'refused the query'],
    [
      '401',
      { status: 401, body: 'Unauthorized' },
      'backend_unauthorized',
      'does not accept our credentials',
    ],
    ['403', { status: 403, body: 'Forbidden' }, 'backend_unauthorized', 'does not allow us to ask'],
    [
      '404',
      { status: 404, body: 'not found' },
      'backend_invalid',
      'answered with status 404 in place of a result',
    ],
    [
      '422',
      errorAnswer(422, 'execution', 'many-to-many'),
      'backend_rejected',
      'cannot execute the query',
    ],
    [
      '422 of a query that took too long',
      errorAnswer(422, 'execution', 'expanding series: context deadline exceeded'),
      'backend_timeout',
      'the query took it too long',
    ],
    [
      '422 of VictoriaMetrics that took too long',
      errorAnswer(422, '422', 'timeout exceeded during query execution: 2.000 seconds'),
      'backend_timeout',
      'the query took it too long',
    ],
    [
      '503 of a query that took too long',
      errorAnswer(503, 'timeout', 'query timed out in expression evaluation'),
      'backend_timeout',
      'the query took it too long',
    ],
    [
      '503',
      { status: 503, body: 'Service Unavailable' },
      'backend_overloaded',
      'is not able to answer now (status 503)',
    ],
    [
      '503 of a proxy that speaks of time',
      { status: 503, body: '<html>upstream timed out</html>' },
      'backend_overloaded',
      'is not able to answer now (status 503)',
    ],
    [
      '504',
      { status: 504, body: '' },
      'backend_overloaded',
      'is not able to answer now (status 504)',
    ],
    [
      '500',
      errorAnswer(500, 'internal', 'x'),
      'backend_invalid',
      'answered with status 500 in place of a result',
    ],
    ['204', { status: 204 }, 'backend_invalid', 'answered with status 204 in place of a result'],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://login.example/' }, body: '' },
      'backend_invalid',
      'answered with a redirect: give its final address',
    ],
    ['HTML with 200', html, 'backend_invalid', 'its answer is not whole JSON'],
    ['nothing with 200', { body: '' }, 'backend_invalid', 'its answer is not whole JSON'],
    [
      'half a document that says it is whole',
      { body: BODY.slice(0, 100_000) },
      'backend_invalid',
      'its answer is not whole JSON',
    ],
    [
      'packed bytes that are cut',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(BODY).subarray(0, 2000) },
      'backend_invalid',
      'its answer cannot be unpacked',
    ],
    [
      'bytes that are not packed as they say',
      { headers: { 'content-encoding': 'gzip' }, body: BODY },
      'backend_invalid',
      'its answer cannot be unpacked',
    ],
    [
      'bytes that are not brotli as they say',
      { headers: { 'content-encoding': 'br' }, body: BODY },
      'backend_invalid',
      'its answer cannot be unpacked',
    ],
    [
      'an unknown packing',
      { headers: { 'content-encoding': 'lzma' }, body: BODY },
      'backend_invalid',
      'its answer is packed in an unknown way',
    ],
    [
      'plain HTTP where TLS is spoken',
      { status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' },
      'backend_unreachable',
      'TLS is spoken there: its address needs https',
    ],
  ])('%s', async (_, answer, kind, detail) => {
    fake.answer(answer)
    expect(await ask(fake.url)).toMatchObject({ kind, detail })
  })

  it('says when to come back, where the backend says so', async () => {
    fake.answer({ status: 429, headers: { 'retry-after': '7' }, body: '' })
    expect(await ask(fake.url)).toMatchObject({ retryAfterSeconds: 7 })
  })

  it('is read no further than an error needs', async () => {
    fake.answer({ status: 500, body: Buffer.alloc(50 * 2 ** 20, 'x') })
    expect(await ask(fake.url)).toMatchObject({ kind: 'backend_invalid' })
  })
})

describe('what callers read of a fault', () => {
  it('holds neither address, credential nor query', async () => {
    const secrets = { username: 'user-x', password: 'pass-y' }
    const faults: Fault[] = [{ mode: 'refuse' }, { mode: 'cut', bytes: 80 }, { mode: 'garbage' }]
    for (const fault of faults) {
      proxy.be(fault)
      const { detail } = (await ask(proxy.url, secrets)) as { detail: string }
      expect(detail).not.toMatch(/127\.0\.0\.1|localhost|user-x|pass-y|secret_metric|\d{4,}/)
    }
  })
})
