import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Identity } from '../../../src/kernel/identity.ts'
import { createOidc, type OidcOptions } from '../../../src/services/access/index.ts'

// A real issuer on a real port, with real keys.

const now = () => new Date('2026-11-20T00:00:00Z')
const SECONDS = now().getTime() / 1000

interface Key {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

async function newKey(kid: string, alg: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** What the issuer answers now. */
const issuer = { up: true, url: '', named: '', keys: [] as Key[], asked: 0 }
const server = createServer((request, response) => {
  issuer.asked += 1
  const answers: Readonly<Record<string, object>> = {
    '/.well-known/openid-configuration': { issuer: issuer.named, jwks_uri: `${issuer.url}/keys` },
    '/keys': { keys: issuer.keys.map(({ jwk }) => jwk) },
  }
  const answer = issuer.up ? answers[request.url ?? ''] : undefined
  response.writeHead(answer === undefined ? 503 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer ?? {}))
})

let rsa: Key
let ec: Key
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  rsa = await newKey('one', 'RS256')
  ec = await newKey('two', 'ES256')
})
afterAll(() => new Promise((done) => server.close(done)))
beforeEach(() => Object.assign(issuer, { up: true, named: issuer.url, keys: [rsa], asked: 0 }))

const oidc = (more: Partial<OidcOptions> = {}) =>
  createOidc(
    {
      issuer: issuer.url,
      jwksUrl: null,
      cooldownMs: 0,
      audiences: ['kcloud'],
      algorithms: ['RS256', 'ES256'],
      toleranceSeconds: 30,
      nameClaim: 'sub',
      roleClaim: 'realm_access.roles',
      roles: new Map([
        ['viewers', 'viewer'],
        ['staff', 'operator'],
        ['admins', 'admin'],
      ]),
      scopeClaim: null,
      scopes: new Map(),
      ...more,
    },
    now,
  )

const CLAIMS = {
  iss: '',
  aud: 'kcloud',
  sub: 'u-1',
  iat: SECONDS,
  exp: SECONDS + 600,
  realm_access: { roles: ['viewers', 'staff', 'other'] },
}
const token = (claims: object = {}, key: Key = rsa, header: object = {}) =>
  new SignJWT({ ...CLAIMS, iss: issuer.url, ...claims })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey)
const refused = async (text: string, more?: Partial<OidcOptions>) => {
  const found = await oidc(more).identify(text)
  return 'refused' in found ? found.refused : found
}

describe('a token of the issuer', () => {
  it('lets in whom it names, with the highest role, until it expires', async () => {
    expect(await oidc().identify(await token())).toEqual({
      principal: { name: 'oidc:u-1', role: 'operator', scope: null },
      way: 'oidc',
      expiresAt: new Date('2026-11-20T00:10:00Z'),
      basis: 'oidc',
    } satisfies Identity)
  })

  it('is checked with keys that are read once', async () => {
    const checks = oidc()
    for (let count = 0; count < 5; count += 1) await checks.identify(await token())
    expect(issuer.asked).toBe(2)
  })

  it('is taken when it is signed by a key that came later, and not when its key has gone', async () => {
    const checks = oidc()
    await checks.identify(await token())
    issuer.keys = [ec]
    expect(await checks.identify(await token({}, ec))).toMatchObject({ way: 'oidc' })
    expect(await checks.identify(await token({}, rsa))).toEqual({
      refused: 'the token is signed by a key that its issuer does not have',
      isGuess: false,
    })
  })

  it.each<[string, object, string]>([
    ['has expired', { exp: SECONDS - 31 }, 'the token has expired'],
    ['is not good yet', { nbf: SECONDS + 31 }, 'the token is not good yet'],
    ['is for another audience', { aud: 'other' }, 'the token is for another audience'],
    ['has no audience', { aud: undefined }, 'the token is for another audience'],
    ['is of another issuer', { iss: 'https://evil.example' }, 'the token is of another issuer'],
    ['never expires', { exp: undefined }, 'the token has no right exp'],
    ['names nobody', { sub: undefined }, 'the token has no right sub'],
  ])('is refused when it %s', async (_name, claims, reason) => {
    expect(await refused(await token(claims))).toBe(reason)
  })

  it('may be off by as much as clocks may', async () => {
    expect(await refused(await token({ exp: SECONDS - 29 }))).toMatchObject({ way: 'oidc' })
    expect(await refused(await token({ nbf: SECONDS + 29 }))).toMatchObject({ way: 'oidc' })
  })

  it('is refused without a signature, and by algorithms that are not listed', async () => {
    const unsigned = new UnsecuredJWT({ ...CLAIMS, iss: issuer.url }).encode()
    const reason = 'the token is signed by an algorithm that is not taken here'
    expect(await refused(unsigned)).toBe(reason)
    // The public key as the secret of an HMAC: whoever takes the header's word for the algorithm is fooled.
    const secret = new TextEncoder().encode(JSON.stringify(rsa.jwk))
    const hmac = await new SignJWT({ ...CLAIMS, iss: issuer.url })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(secret)
    expect(await refused(hmac)).toBe(reason)
    expect(await refused(await token(), { algorithms: ['ES256'] })).toBe(reason)
  })

  it('is refused when it was changed, or somebody else signed it', async () => {
    const other = await newKey('one', 'RS256')
    expect(await refused(await token({}, other))).toBe('the signature of the token is wrong')
    const [head, , signature] = (await token()).split('.')
    const claims = Buffer.from(JSON.stringify({ ...CLAIMS, iss: issuer.url, sub: 'root' }))
    const changed = [head, claims.toString('base64url'), signature].join('.')
    expect(await refused(changed)).toBe('the signature of the token is wrong')
    // A key of the sender's own, in the header, is nobody's.
    expect(await refused(await token({}, other, { jwk: other.jwk }))).toBe(
      'the signature of the token is wrong',
    )
  })

  it('is refused when it is none', async () => {
    for (const text of ['', 'abc', 'a.b.c', 'x'.repeat(10_000)])
      expect(await refused(text)).toBe('the key or token is not known here')
  })
})

describe('what a token may', () => {
  it('is nothing without a role that is known', async () => {
    const text = await token({ realm_access: { roles: ['other'] } })
    await expect(oidc().identify(text)).rejects.toMatchObject({ kind: 'forbidden' })
    await expect(oidc().identify(await token({ realm_access: {} }))).rejects.toMatchObject({
      kind: 'forbidden',
    })
  })

  it('is to see what its claim says: by the table, or by itself, or nothing', async () => {
    const shop = [{ cluster: 'seoul', namespaces: ['shop'] }]
    const rules = { scopeClaim: 'groups', scopes: new Map([['team-shop', shop]]) }
    const seen = async (groups: unknown) => {
      const found = await oidc(rules).identify(await token({ groups }))
      return 'refused' in found ? found : found.principal.scope
    }
    expect(await seen(['team-shop', 'busan', '*/lab', 'no/such/scope'])).toEqual([
      ...shop,
      { cluster: 'busan', namespaces: null },
      { cluster: '*', namespaces: ['lab'] },
    ])
    expect(await seen('busan team-shop')).toEqual([{ cluster: 'busan', namespaces: null }, ...shop])
    expect(await seen(undefined)).toEqual([])
    expect(await seen({ team: 'team-shop' })).toEqual([])
  })

  it('is an admin only with everything in sight', async () => {
    const text = await token({ realm_access: { roles: ['admins'] }, groups: ['seoul'] })
    expect(await oidc().identify(text)).toMatchObject({ principal: { role: 'admin', scope: null } })
    expect(await oidc({ scopeClaim: 'groups' }).identify(text)).toMatchObject({
      principal: { role: 'operator', scope: [{ cluster: 'seoul', namespaces: null }] },
    })
  })
})

describe('an issuer that does not answer', () => {
  it('lets nobody in, and its tokens are taken again as soon as it does', async () => {
    issuer.up = false
    const checks = oidc()
    await expect(checks.identify(await token())).rejects.toMatchObject({
      kind: 'identity_unavailable',
    })
    issuer.up = true
    expect(await checks.identify(await token())).toMatchObject({ way: 'oidc' })
  })

  it('is not needed for keys that are known, but for one that is not', async () => {
    const checks = oidc()
    await checks.identify(await token())
    issuer.up = false
    expect(await checks.identify(await token())).toMatchObject({ way: 'oidc' })
    await expect(checks.identify(await token({}, ec))).rejects.toMatchObject({
      kind: 'identity_unavailable',
    })
  })

  it('is not believed when it says that it is another one', async () => {
    issuer.named = 'https://evil.example'
    await expect(oidc().identify(await token())).rejects.toMatchObject({
      kind: 'identity_unavailable',
    })
  })
})
