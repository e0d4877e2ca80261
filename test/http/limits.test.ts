import { afterEach, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp
afterEach(() => app.close())

const LIST = '/api/v1/things'
const { domain } = things(() => outcome([]))

describe('the limit of requests', () => {
  it('is told with each answer, and refuses what is too much', async () => {
    app = await createTestApp([domain], { requestsPerMinute: 2 })
    const first = await app.get(LIST)
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' })
    await app.get(LIST)
    const refused = await app.get(LIST)
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.json()).toMatchObject({
      type: '/problems/rate_limited',
      detail: 'more than 2 requests in a minute',
    })
    expect(refused.headers['x-request-id']).toBeDefined()
  })

  it('counts addresses apart, and addresses that do not exist as well', async () => {
    app = await createTestApp([domain], { requestsPerMinute: 1 })
    await app.get(LIST)
    const other = await app.fastify.inject({
      url: LIST,
      remoteAddress: '203.0.113.9',
      headers: { authorization: app.authorization },
    })
    expect(other.statusCode).toBe(200)
    expect((await app.get('/api/v1/nothing')).statusCode).toBe(429)
  })

  it('can be switched off', async () => {
    app = await createTestApp([domain], { requestsPerMinute: null })
    const { headers } = await app.get(LIST)
    expect(headers['x-ratelimit-limit']).toBeUndefined()
  })
})

describe('a proxy', () => {
  const from = (forwarded: string) => ({ headers: { 'x-forwarded-for': forwarded } })

  it('is not believed unless it is trusted', async () => {
    app = await createTestApp([domain], { requestsPerMinute: 1 })
    expect((await app.get(LIST, from('203.0.113.1'))).statusCode).toBe(200)
    expect((await app.get(LIST, from('203.0.113.2'))).statusCode).toBe(429)
  })

  it('says who the client is when it is trusted', async () => {
    app = await createTestApp([domain], { requestsPerMinute: 1, trustProxy: ['loopback'] })
    expect((await app.get(LIST, from('203.0.113.1'))).statusCode).toBe(200)
    expect((await app.get(LIST, from('203.0.113.2'))).statusCode).toBe(200)
    expect((await app.get(LIST, from('203.0.113.2'))).statusCode).toBe(429)
  })
})

describe('other origins', () => {
  const PAGE = 'https://dashboard.example.org'
  const preflight = (origin: string) =>
    app.fastify.inject({
      method: 'OPTIONS',
      url: LIST,
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })

  it('may not call when none is configured', async () => {
    app = await createTestApp([domain])
    const response = await app.get(LIST, { headers: { origin: PAGE } })
    expect(response.headers['access-control-allow-origin']).toBeUndefined()
    expect((await preflight(PAGE)).headers['access-control-allow-origin']).toBeUndefined()
  })

  it('may call when they are listed, with credentials', async () => {
    app = await createTestApp([domain], { corsOrigins: [PAGE] })
    const allowed = await preflight(PAGE)
    expect(allowed.statusCode).toBe(204)
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization',
    })
    const response = await app.get(LIST, { headers: { origin: PAGE } })
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      vary: 'Origin, Accept-Encoding',
    })
    const refused = await app.get(LIST, { auth: false, headers: { origin: PAGE } })
    expect(refused.headers['access-control-allow-origin']).toBe(PAGE)
    const other = await app.get(LIST, { headers: { origin: 'https://dashboard.example.org.evil' } })
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('may all call where that is configured, but never with credentials', async () => {
    app = await createTestApp([domain], { corsOrigins: ['*'] })
    const { headers } = await app.get(LIST, { headers: { origin: PAGE } })
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  })
})

describe('browsers', () => {
  it('are told to do nothing with data', async () => {
    app = await createTestApp([domain])
    for (const url of [LIST, '/api/v1/nothing']) {
      expect((await app.get(url)).headers).toMatchObject({
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      })
    }
  })
})
