import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Credential, Identity, SignIn } from '../../src/kernel/identity.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { outcome, things } from './things.ts'

let app: TestApp
afterEach(() => app.close())

const LIST = '/api/v1/things'
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const CLERK: Identity = {
  principal: { name: 'clerk', role: 'viewer', scope: null },
  way: 'user',
  expiresAt: null,
  basis: 'clerk',
}

/** A server that takes everything which it is sent for the clerk's, and tells what that was. */
async function start(): Promise<{ readonly asked: Credential[] }> {
  const asked: Credential[] = []
  const signIn: SignIn = {
    identify(credential) {
      asked.push(credential)
      return Promise.resolve(CLERK)
    },
    stands: () => Promise.resolve(true),
  }
  app = await createTestApp([things(() => outcome([])).domain], { signIn })
  return { asked }
}

describe('credentials', () => {
  it.each<[string, Record<string, string>, Credential]>([
    [
      'a key as a bearer token',
      { authorization: 'bearer kcm_abc' },
      { kind: 'token', token: 'kcm_abc' },
    ],
    ['a key in its own header', { 'x-api-key': 'kcm_abc' }, { kind: 'token', token: 'kcm_abc' }],
    [
      'a key as a password, for clients that have nothing else',
      { authorization: basic('api-key:kcm_abc') },
      { kind: 'token', token: 'kcm_abc' },
    ],
    [
      'a password with colons, in the letters of the world',
      { authorization: basic('박지민:비밀:번호') },
      { kind: 'password', name: '박지민', password: '비밀:번호' },
    ],
    [
      'an empty name',
      { authorization: basic(':secret') },
      { kind: 'password', name: '', password: 'secret' },
    ],
  ])('are read from %s', async (_name, headers, credential) => {
    const { asked } = await start()
    expect((await app.get(LIST, { auth: false, headers })).statusCode).toBe(200)
    expect(asked).toEqual([credential])
  })

  it.each([
    ['control characters', basic('clerk:pass\u0000word')],
    ['a token with a space', 'Bearer kcm_abc kcm_def'],
    ['a list', 'Bearer kcm_abc, Basic Y2xlcms6c2VjcmV0'],
    ['a scheme alone', 'Bearer'],
    ['a scheme that is not known', 'Digest username="clerk"'],
  ])('are none with %s, and nobody is asked', async (_name, authorization) => {
    const { asked } = await start()
    expect((await app.get(LIST, { auth: authorization })).statusCode).toBe(401)
    expect(asked).toEqual([])
  })

  it('are refused when there are two, also when both are right', async () => {
    const { asked } = await start()
    const reply = await app.get(LIST, { headers: { 'x-api-key': 'kcm_abc' } })
    expect(reply.statusCode).toBe(400)
    expect(reply.json()).toMatchObject({
      type: '/problems/invalid_request',
      errors: [{ pointer: '/header/authorization' }],
    })
    expect(asked).toEqual([])
  })

  it('are refused when a header comes twice, of which Node would keep the first', async () => {
    const { asked } = await start()
    await app.fastify.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.fastify.server.address() as AddressInfo
    const status = (headers: readonly string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        const all = ['Host', '127.0.0.1', 'Connection', 'close', ...headers]
        request({ host: '127.0.0.1', port, path: LIST, headers: all }, (reply) => {
          reply.resume()
          resolve(reply.statusCode)
        })
          .on('error', reject)
          .end()
      })
    const own = ['Authorization', app.authorization]
    expect(await status(own)).toBe(200)
    expect(await status([...own, 'authorization', basic('clerk:secret')])).toBe(400)
    expect(await status([...own, 'AUTHORIZATION', app.authorization])).toBe(400)
    expect(await status(['X-Api-Key', 'kcm_a', 'x-api-key', 'kcm_b'])).toBe(400)
    expect(await status([...own, 'X-Filler', 'a'.repeat(20_000)])).toBe(431)
    expect(asked).toEqual([])
  })

  it('that nobody knows are challenged for all that would do', async () => {
    app = await createTestApp([things(() => outcome([])).domain])
    const reply = await app.get(LIST, { auth: 'Bearer kcm_unknown' })
    expect(reply.statusCode).toBe(401)
    expect(reply.headers['www-authenticate']).toBe(
      'Basic realm="kcloud-monitor", charset="UTF-8", Bearer realm="kcloud-monitor", error="invalid_token"',
    )
  })
})
