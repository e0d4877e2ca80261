import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose, type Composed } from '../../src/compose.ts'
import { ConfigError, readConfig } from '../../src/config.ts'
import { openSocket } from '../support/stream-clients.ts'

// Tokens of an issuer on the whole server.

let composed: Composed
let url: string
let token: (claims: object, life: string) => Promise<string>
const issuer = createServer()
beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done))
  const at = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  issuer.on('request', (request, response) => {
    const isKeys = request.url === '/keys'
    const said = isKeys ? { keys: [jwk] } : { issuer: at, jwks_uri: `${at}/keys` }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(said))
  })
  token = (claims, life) =>
    new SignJWT({ groups: ['/team'], roles: ['staff'], ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(at)
      .setAudience('kcloud-monitor')
      .setSubject('u-1')
      .setExpirationTime(life)
      .sign(privateKey)
  const environment = {
    OIDC_ISSUER: at,
    OIDC_AUDIENCE: 'kcloud-monitor',
    OIDC_ROLES: '{"staff":"viewer"}',
    OIDC_SCOPE_CLAIM: 'groups',
    OIDC_SCOPES: '{"/team":["seoul"]}',
    LOG_LEVEL: 'silent',
  }
  composed = await compose(readConfig(environment, { demo: true }))
  url = `${await composed.server.listen({ host: '127.0.0.1', port: 0 })}/api/v1`
}, 60_000)
afterAll(async () => {
  await composed.close()
  await new Promise((done) => issuer.close(done))
})

async function ask(bearer: string, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${bearer}` }
  const reply = await fetch(url + path, { ...init, headers })
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as any }
}

describe('a token', () => {
  it('signs in with its role and scope, and is refused what takes more', async () => {
    const own = await token({}, '10m')
    expect((await ask(own, '/system/whoami')).body.data).toMatchObject({
      name: 'oidc:u-1',
      role: 'viewer',
      scope: [{ cluster: 'seoul', namespaces: null }],
      way: 'oidc',
    })
    expect((await ask(own, '/clusters/seoul')).status).toBe(200)
    expect((await ask(own, '/clusters/busan')).status).toBe(404)
    const refused = await ask(own, '/power/collector/stop', { method: 'POST' })
    expect([refused.status, refused.body.type]).toEqual([403, '/problems/forbidden'])
  })

  it('that is wrong is told why, with a challenge', async () => {
    const { status, headers, body } = await ask(await token({}, '-1h'), '/system/whoami')
    expect([status, body.detail]).toEqual([401, 'the token has expired'])
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect((await ask(await token({ roles: [] }, '10m'), '/system/whoami')).status).toBe(403)
  })

  it('ends the streams that it opened when it expires, also those with a ticket', async () => {
    const own = await token({}, '5s')
    const { body } = await ask(own, '/monitoring/stream/tickets', { method: 'POST' })
    const path = `/monitoring/stream/power?cluster=seoul&ticket=${body.data.ticket}`
    // As a proxy sends it that signs its users in.
    const socket = await openSocket(url + path, { headers: { authorization: `Bearer ${own}` } })
    expect(await socket.ended).toEqual({ code: 4001, reason: 'expired' })
  }, 30_000)
})

describe('the settings of the issuer', () => {
  const mistakes = (environment: Record<string, string>): string => {
    try {
      readConfig(environment, { demo: true })
      return ''
    } catch (error) {
      if (error instanceof ConfigError) return error.message
      throw error
    }
  }
  it.each<[string, Record<string, string>, string]>([
    ['no audience', { OIDC_ISSUER: 'https://id.example' }, 'OIDC_AUDIENCE: is needed'],
    ['no issuer', { OIDC_AUDIENCE: 'kcloud' }, 'OIDC_ISSUER: is needed'],
    [
      'an issuer in the clear',
      { OIDC_ISSUER: 'http://id.example' },
      'OIDC_ISSUER: must be an https',
    ],
    ['no signature', { OIDC_ALGORITHMS: 'RS256,none' }, 'OIDC_ALGORITHMS: must be out of'],
    ['a symmetric algorithm', { OIDC_ALGORITHMS: 'HS256' }, 'OIDC_ALGORITHMS: must be out of'],
    ['an unknown role', { OIDC_ROLES: '{"a":"root"}' }, 'OIDC_ROLES: must be JSON'],
    ['no scope', { OIDC_SCOPES: '{"a":["x/y/z"]}' }, 'OIDC_SCOPES: must be JSON'],
  ])('have a mistake with %s', (_name, environment, mistake) => {
    expect(mistakes(environment)).toContain(mistake)
  })
})
