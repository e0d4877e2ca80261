import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { many, outcome, things } from './things.ts'

let app: TestApp
afterEach(() => app.close())

const LIST = '/api/v1/things'
const id = { 'x-request-id': 'same' }

describe('compression', () => {
  it.each(['gzip', 'gzip, deflate, br', 'deflate;q=0.5, gzip;q=1.0', '*', 'br, *;q=0.1'])(
    'is given to a client that takes %s',
    async (accepted) => {
      app = await createTestApp([things(() => outcome(many(100))).domain])
      const plain = await app.get(LIST, { headers: id })
      const zipped = await app.get(LIST, { headers: { ...id, 'accept-encoding': accepted } })
      expect(zipped.headers).toMatchObject({
        'content-encoding': 'gzip',
        vary: 'Accept-Encoding',
        etag: plain.headers.etag,
        'content-length': String(zipped.rawPayload.length),
      })
      expect(zipped.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3)
      expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.body)
    },
  )

  it.each(['', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.000, *;q=0', 'gzipped'])(
    'is not forced on a client that says %j',
    async (accepted) => {
      app = await createTestApp([things(() => outcome(many(100))).domain])
      const response = await app.get(LIST, { headers: { 'accept-encoding': accepted } })
      expect(response.headers['content-encoding']).toBeUndefined()
      expect(response.headers.vary).toBe('Accept-Encoding')
      expect(response.json<{ data: unknown[] }>().data).toHaveLength(100)
    },
  )

  it('is left out for what is small', async () => {
    app = await createTestApp([things(() => outcome([])).domain])
    const response = await app.get(LIST, { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers['content-encoding']).toBeUndefined()
  })
})
