import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../src/kernel/errors.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { many, outcome, things } from './things.ts'

let app: TestApp
afterEach(() => app.close())

const LIST = '/api/v1/things'

describe('an answer', () => {
  it('is the data and what has to be known about them', async () => {
    app = await createTestApp([things(() => outcome([{ id: 'a', power_watts: 1.5 }])).domain])
    const response = await app.get(LIST, { headers: { 'x-request-id': 'mine-1' } })
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(response.json()).toEqual({
      data: [{ id: 'a', power_watts: 1.5 }],
      meta: {
        request_id: 'mine-1',
        observed_at: '2026-11-20T00:00:00.000Z',
        status: 'complete',
        clusters: [{ name: 'seoul', status: 'ok' }],
        warnings: [],
        page: { total: 1, limit: 100, offset: 0 },
      },
    })
  })

  it('says when it is simulated', async () => {
    app = await createTestApp([things(() => outcome([])).domain], { simulated: true })
    expect((await app.get(LIST)).json()).toMatchObject({ meta: { simulated: true } })
  })

  it('is partial when a cluster did not answer, is not kept by anyone and has no ETag', async () => {
    const { domain, asked } = things(() =>
      outcome([], {
        clusters: [
          { name: 'seoul', status: 'ok' },
          { name: 'busan', status: 'timeout' },
        ],
        warnings: [{ code: 'cluster_unavailable', cluster: 'busan', detail: 'took too long' }],
      }),
    )
    app = await createTestApp([domain])
    const response = await app.get(LIST)
    expect(response.json()).toMatchObject({
      meta: { status: 'partial', warnings: [{ cluster: 'busan' }] },
    })
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.headers.etag).toBeUndefined()
    await app.get(LIST)
    expect(asked).toHaveLength(2)
  })

  it('is refused when it is partial and the request says partial=deny', async () => {
    const clusters = [{ name: 'busan', status: 'timeout' }] as const
    app = await createTestApp([things(() => outcome([], { clusters })).domain])
    const response = await app.get(`${LIST}?partial=deny`)
    expect(response.statusCode).toBe(503)
    expect(response.json()).toMatchObject({
      type: '/problems/partial_refused',
      detail: expect.stringContaining('busan (timeout)') as string,
    })
  })

  it.each([
    ['a number that is none', { id: 'a', power_watts: Number.NaN }],
    ['an infinite number', { id: 'a', power_watts: Number.POSITIVE_INFINITY }],
    ['a wrong type', { id: 7, power_watts: 1 }],
    ['a field that the schema does not have', { id: 'a', power_watts: 1, secret: 's3cret' }],
  ])('with %s is a mistake of the server, said without details', async (_name, row) => {
    app = await createTestApp([things(() => outcome([row as never])).domain])
    const response = await app.get(LIST, { headers: { 'x-request-id': 'broken-1' } })
    expect(response.statusCode).toBe(500)
    expect(response.json()).toMatchObject({ type: '/problems/internal', request_id: 'broken-1' })
    expect(response.body).not.toMatch(/schema|power_watts|s3cret/)
    const errors = app.logs.filter(({ level }) => level === 'error')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ request_id: 'broken-1', err: { type: 'TypeError' } })
  })
})

describe('a ready answer', () => {
  it('is made once and sent with the id of each request', async () => {
    const { domain, asked } = things(() => outcome(many(3)))
    app = await createTestApp([domain])
    const first = await app.get(LIST, { headers: { 'x-request-id': 'one' } })
    const second = await app.get(LIST, { headers: { 'x-request-id': 'two' } })
    expect(asked).toHaveLength(1)
    expect(second.body).toBe(first.body.replace('"one"', '"two"'))
    expect(second.headers.etag).toBe(first.headers.etag)
    expect(app.metrics.cacheHitRate()).toBe(0.5)
  })

  it('serves equal questions, however they are written', async () => {
    const { domain, asked } = things(() => outcome([]))
    app = await createTestApp([domain])
    await app.get(`${LIST}?cluster=b,a&limit=5`)
    await app.get(`${LIST}?limit=5&cluster=a&cluster=b&partial=deny`)
    expect(asked).toHaveLength(1)
    expect(asked[0]?.query).toEqual({ cluster: ['a', 'b'], limit: 5, offset: 0 })
    await app.get(`${LIST}?cluster=a,b&limit=6`)
    await app.get(`${LIST}?cluster=a,b&limit=5&node=n1`)
    expect(asked).toHaveLength(3)
  })

  it('ends with its life, and when what stands behind it changes', async () => {
    const { domain, asked } = things(() => outcome([]))
    let revision = 0
    app = await createTestApp([domain], { revision: () => revision })
    await app.get(LIST)
    app.clock.advance(29)
    await app.get(LIST)
    expect(asked).toHaveLength(1)
    app.clock.advance(1)
    await app.get(LIST)
    expect(asked).toHaveLength(2)
    revision += 1
    await app.get(LIST)
    expect(asked).toHaveLength(3)
  })

  it('does not exist where nothing may be kept', async () => {
    const { domain, asked } = things(() => outcome([]), 'none')
    app = await createTestApp([domain])
    await app.get(LIST)
    await app.get(LIST)
    expect(asked).toHaveLength(2)
  })

  it('is made once for many who ask at the same time, and a failure is shared but not kept', async () => {
    let fail = true
    const { domain, asked } = things(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      if (fail) throw new KCloudError('backend_timeout', { detail: 'every cluster took too long' })
      return outcome([])
    })
    app = await createTestApp([domain])
    const failed = await Promise.all([app.get(LIST), app.get(LIST), app.get(LIST)])
    expect(failed.map(({ statusCode }) => statusCode)).toEqual([504, 504, 504])
    expect(asked).toHaveLength(1)
    fail = false
    const fine = await Promise.all([app.get(LIST), app.get(LIST)])
    expect(fine.map(({ statusCode }) => statusCode)).toEqual([200, 200])
    expect(asked).toHaveLength(2)
  })

  it('is not sent again to a client that has it', async () => {
    app = await createTestApp([things(() => outcome(many(3))).domain])
    const first = await app.get(LIST)
    const etag = String(first.headers.etag)
    expect(etag).toMatch(/^W\/"[\w-]+"$/)
    for (const known of [etag, `"other", ${etag}`, '*', etag.slice(2)]) {
      const again = await app.get(LIST, { headers: { 'if-none-match': known } })
      expect(again.statusCode).toBe(304)
      expect(again.body).toBe('')
      expect(again.headers).toMatchObject({ etag, 'cache-control': 'private, no-cache' })
    }
    const other = await app.get(LIST, { headers: { 'if-none-match': '"other"' } })
    expect(other.statusCode).toBe(200)
  })

  it('gives HEAD the headers without the body', async () => {
    app = await createTestApp([things(() => outcome(many(3))).domain])
    const get = await app.get(LIST)
    const head = await app.fastify.inject({
      method: 'HEAD',
      url: LIST,
      headers: { authorization: app.authorization },
    })
    expect(head.statusCode).toBe(200)
    expect(head.body).toBe('')
    expect(head.headers.etag).toBe(get.headers.etag)
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  })
})
