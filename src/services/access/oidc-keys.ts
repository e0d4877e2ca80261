import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose'
import type { Now } from '../../kernel/clock.ts'
import { parseDiscovery } from './oidc-claims.ts'

/** Where the keys of an issuer are. */
export interface KeySourceOptions {
  readonly issuer: string
  /** Null to ask the issuer's discovery document. */
  readonly jwksUrl: string | null
  /** How soon after a look the keys are looked at again for one that is not among them. */
  readonly cooldownMs?: number
}

const TIMEOUT_MS = 5000
const COOLDOWN_MS = 10_000
const KEPT_MS = 600_000

/**
 * Finds the keys of an issuer. Where they are is asked once, and again after a pause when that did not work; they are
 * kept for ten minutes.
 */
export function createKeySource(
  { issuer, jwksUrl, cooldownMs = COOLDOWN_MS }: KeySourceOptions,
  now: Now,
): () => Promise<JWTVerifyGetKey> {
  let found: Promise<JWTVerifyGetKey> | undefined
  let failedAt = 0

  const keysAt = (url: string): JWTVerifyGetKey =>
    createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: cooldownMs,
      cacheMaxAge: KEPT_MS,
    })
  const find = async (): Promise<JWTVerifyGetKey> => keysAt(jwksUrl ?? (await discover(issuer)))

  return () => {
    const rests = failedAt !== 0 && now().getTime() - failedAt < cooldownMs
    if (found !== undefined && (failedAt === 0 || rests)) return found
    failedAt = 0
    const asked = find()
    found = asked
    asked.catch(() => (failedAt = now().getTime()))
    return asked
  }
}

/** OpenID Connect Discovery 1.0, section 4: the document has to name the issuer that it was asked of. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const reply = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
  if (!reply.ok) throw new Error(`read the discovery document: status ${reply.status}`)
  return parseDiscovery(await reply.json(), issuer)
}
