import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Domain } from '../../src/domains/domain.ts'
import { KCloudError, type ErrorKind } from '../../src/kernel/errors.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp
let error: unknown
const { domain } = things(() => {
  throw error
}, 'none')
const forms: Domain = {
  name: 'forms',
  routes: ({ fastify }) =>
    fastify.post('/:name', {
      config: { reach: 'everybody' },
      schema: { body: z.strictObject({ power: z.object({ watts: z.number() }) }) },
      handler: (request) => request.body,
    }),
}
beforeAll(async () => {
  app = await createTestApp([domain, forms])
  await app.fastify.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

/** On a busy machine everything takes its time. */
const SOON = { timeout: 20_000 }
const LIST = '/api/v1/things'

describe('a failure', () => {
  it.each<[ErrorKind, number]>([
    ['invalid_request', 400],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['ambiguous', 409],
    ['too_large', 413],
    ['unprocessable', 422],
    ['rate_limited', 429],
    ['internal', 500],
    ['backend_unreachable', 502],
    ['backend_unauthorized', 502],
    ['backend_rejected', 502],
    ['backend_invalid', 502],
    ['backend_too_large', 502],
    ['backend_overloaded', 502],
    ['partial_refused', 503],
    ['stopping', 503],
    ['backend_timeout', 504],
  ])('of kind %s has status %i', async (kind, status) => {
    error = new KCloudError(kind, { detail: 'said to the caller', cause: new Error('only logged') })
    const response = await app.get(`${LIST}?node=secret`)
    expect(response.statusCode).toBe(status)
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.json()).toEqual({
      type: `/problems/${kind}`,
      title: expect.any(String) as string,
      status,
      detail: 'said to the caller',
      instance: LIST,
      request_id: response.headers['x-request-id'],
    })
  })

  it('says what to choose from, what is wrong and when to come again', async () => {
    error = new KCloudError('ambiguous', { detail: 'two of them', candidates: ['a', 'b'] })
    expect((await app.get(LIST)).json()).toMatchObject({ candidates: ['a', 'b'] })
    error = new KCloudError('rate_limited', { detail: 'wait', retryAfterSeconds: 2.2 })
    expect((await app.get(LIST)).headers['retry-after']).toBe('3')
  })

  it('that nobody foresaw gives nothing away, and is logged once with its request id', async () => {
    error = new TypeError('http://prom:9090 rate(x[5m]) password')
    const before = app.logs.length
    const response = await app.get(LIST)
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toMatch(/prom|rate|password|TypeError|at /)
    const logged = app.logs.slice(before).filter(({ level }) => level === 'error')
    expect(logged).toHaveLength(1)
    expect(logged[0]).toMatchObject({
      request_id: response.headers['x-request-id'],
      err: { type: 'TypeError', stack: expect.stringContaining('problems.test') as string },
    })
  })

  it('is explained where its type says', async () => {
    for (const accept of ['application/json', 'text/html,application/xhtml+xml']) {
      const page = await app.get('/problems/not_found', { auth: false, headers: { accept } })
      expect(page.statusCode).toBe(200)
      expect(page.headers['content-type']).toContain(accept.split(',')[0])
    }
    expect((await app.get('/problems/nothing', { auth: false })).statusCode).toBe(404)
  })
})

describe('a request that cannot be served', () => {
  it('to an address that does not exist is 404, below the API only for those who may ask', async () => {
    expect((await app.get('/api/v1/nothing')).json()).toMatchObject({ type: '/problems/not_found' })
    expect((await app.get('/api/v1/nothing', { auth: false })).statusCode).toBe(401)
    expect((await app.get('/api', { auth: false })).statusCode).toBe(404)
    expect((await app.get('/nothing', { auth: false })).statusCode).toBe(404)
  })

  it('by a method that the address does not have is 405 and says which it has', async () => {
    const response = await app.send('DELETE', LIST)
    expect(response.statusCode).toBe(405)
    expect(response.headers.allow).toBe('GET, HEAD')
    expect((await app.send('DELETE', LIST, { auth: false })).statusCode).toBe(401)
    const form = await app.get('/api/v1/forms/a')
    expect([form.statusCode, form.headers.allow]).toEqual([405, 'POST'])
    expect((await app.send('POST', '/', { auth: false })).statusCode).toBe(405)
  })

  it('with a body that is not as it should be says where', async () => {
    const response = await app.send('POST', '/api/v1/forms/a', {
      body: { power: { watts: '7' }, extra: 1 },
    })
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({
      errors: [
        { pointer: '/body/power/watts', detail: 'must be number' },
        { pointer: '/body/extra', detail: 'is not known here; allowed are power' },
      ],
    })
  })

  it.each([
    ['no JSON', 'application/json', '{"power":', 400, 'invalid_request'],
    ['nothing', 'application/json', '', 400, 'invalid_request'],
    ['a poisoned prototype', 'application/json', '{"__proto__":{}}', 400, 'invalid_request'],
    ['another media type', 'text/csv', 'a,b', 415, 'unsupported_media_type'],
    ['more than fits', 'application/json', `"${'x'.repeat(1024 * 1024)}"`, 413, 'body_too_large'],
  ])('with %s as its body', async (_name, type, payload, status, kind) => {
    const response = await app.fastify.inject({
      method: 'POST',
      url: '/api/v1/forms/a',
      headers: { 'content-type': type, authorization: app.authorization },
      payload,
    })
    expect(response.statusCode).toBe(status)
    expect(response.json()).toMatchObject({ type: `/problems/${kind}`, status })
  })

  it('at an address that cannot be read', async () => {
    const broken = await app.get('/api/v1/forms/%zz')
    expect(broken.statusCode).toBe(400)
    expect(broken.json()).toMatchObject({ type: '/problems/malformed_request' })
    const long = await app.get(`/problems/${'a'.repeat(600)}`)
    expect(long.json()).toMatchObject({ status: 414, type: '/problems/uri_too_long' })
  })

  it.each([
    ['is no HTTP', 'HELLO\r\n\r\n', 400, 'malformed_request'],
    [
      'has endless headers',
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'has two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
  ])('because it %s is answered and cut', async (_name, text, status, kind) => {
    const reply = await raw(text)
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(reply).toContain('content-type: application/problem+json')
    const body = JSON.parse(reply.slice(reply.indexOf('\r\n\r\n'))) as { request_id: string }
    expect(body).toMatchObject({ type: `/problems/${kind}`, status })
    expect(reply).toContain(`x-request-id: ${body.request_id}`)
  })
})

describe('a request id', () => {
  it.each(['a', 'trace-1_2.3', 'x'.repeat(128)])('of the caller is kept: %s', async (id) => {
    error = new KCloudError('not_found', { detail: 'no' })
    const response = await app.get(LIST, { headers: { 'x-request-id': id } })
    expect(response.headers['x-request-id']).toBe(id)
    expect(response.json()).toMatchObject({ request_id: id })
  })

  it.each(['', 'a b', '"', '<script>', 'x'.repeat(129), 'ü'])(
    'that could do harm is replaced: %j',
    async (id) => {
      const response = await app.get('/', { headers: { 'x-request-id': id } })
      expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    },
  )
})

describe('a client that goes away', () => {
  it('ends the making of its answer only when nobody else waits for it', async () => {
    const waiting: (() => void)[] = []
    const { domain: slow, asked } = things(
      ({ signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('given up')))
          waiting.push(() => resolve(outcome([])))
        }),
    )
    const server = await createTestApp([slow])
    await server.fastify.listen({ host: '127.0.0.1', port: 0 })
    const { port } = server.fastify.server.address() as AddressInfo
    const client = () =>
      connect(port, '127.0.0.1').end(
        `GET ${LIST} HTTP/1.1\r\nhost: a\r\nauthorization: ${server.authorization}\r\n\r\n`,
      )
    const shared = () => server.metrics.cacheHitRate()

    const stays = server.get(LIST)
    const leaves = client()
    await expect.poll(shared, SOON).toBe(0.5)
    leaves.destroy()
    await expect.poll(() => open(server), SOON).toBe(0)
    expect(asked[0]?.signal.aborted).toBe(false)
    waiting[0]?.()
    expect((await stays).statusCode).toBe(200)

    server.clock.advance(60)
    const [one, other] = [client(), client()]
    await expect.poll(() => asked.length, SOON).toBe(2)
    await expect.poll(shared, SOON).toBe(0.5)
    one.destroy()
    other.destroy()
    await expect.poll(() => asked[1]?.signal.aborted, SOON).toBe(true)
    expect(server.logs.filter(({ level }) => level === 'error')).toEqual([])
    await server.close()
  })
})

/** How many connections a server has. */
function open({ fastify }: TestApp): Promise<number> {
  return new Promise((resolve, reject) =>
    fastify.server.getConnections((failure, count) =>
      failure === null ? resolve(count) : reject(failure),
    ),
  )
}

function raw(text: string): Promise<string> {
  const { port } = app.fastify.server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    let reply = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => (reply += chunk.toString()))
    socket.on('close', () => resolve(reply))
    socket.on('error', reject)
  })
}
