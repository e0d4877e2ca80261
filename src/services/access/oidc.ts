import { errors, jwtVerify, type JWTPayload } from 'jose'
import type { Now } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Identity, Refusal } from '../../kernel/identity.ts'
import { principalOf, type ClaimRules } from './oidc-claims.ts'
import { createKeySource, type KeySourceOptions } from './oidc-keys.ts'

/** Whose tokens are taken, and what their claims mean. */
export interface OidcOptions extends KeySourceOptions, ClaimRules {
  /** One of them has to be in the token. */
  readonly audiences: readonly string[]
  /** Asymmetric ones only: by the others whoever checks a token could make one. */
  readonly algorithms: readonly string[]
  readonly toleranceSeconds: number
}

/** Tokens of an OIDC issuer. */
export interface Oidc {
  /** Rejects with `identity_unavailable` when the issuer's keys cannot be had, and `forbidden` for a token without a role. */
  identify(token: string): Promise<Identity | Refusal>
}

/** Checks tokens by the keys of their issuer, which are kept a while and read anew for one that is not among them. */
export function createOidc(options: OidcOptions, now: Now): Oidc {
  const keys = createKeySource(options, now)

  async function verify(token: string): Promise<{ readonly payload: JWTPayload } | Refusal> {
    try {
      return await jwtVerify(token, await keys(), {
        issuer: options.issuer,
        audience: [...options.audiences],
        algorithms: [...options.algorithms],
        clockTolerance: options.toleranceSeconds,
        requiredClaims: ['exp', 'sub'],
        currentDate: now(),
      })
    } catch (error) {
      return { refused: reasonOf(error), isGuess: false }
    }
  }
  return {
    async identify(token) {
      const read = await verify(token)
      if ('refused' in read) return read
      return {
        principal: principalOf(read.payload, options),
        way: 'oidc',
        expiresAt: new Date(Number(read.payload.exp) * 1000),
        basis: 'oidc',
      }
    },
  }
}

/** What is wrong with a token. Whatever is not the token's fault is thrown on: nobody is let in by it. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return CLAIMS[error.claim] ?? `the token has no right ${error.claim}`
  const fault = error instanceof errors.JOSEError ? TOKEN_FAULTS.get(error.code) : undefined
  if (fault !== undefined) return fault
  if (error instanceof KCloudError) throw error
  throw new KCloudError('identity_unavailable', {
    detail: 'the keys of the OIDC issuer cannot be read, so that no token can be checked',
    cause: error,
    retryAfterSeconds: 5,
  })
}

const CLAIMS: Readonly<Record<string, string>> = {
  aud: 'the token is for another audience',
  iss: 'the token is of another issuer',
  nbf: 'the token is not good yet',
}

const NOT_HERE = 'the key or token is not known here'

/** What is wrong with a token, by the code of the library's error. */
const TOKEN_FAULTS: ReadonlyMap<string, string> = new Map([
  ['ERR_JOSE_ALG_NOT_ALLOWED', 'the token is signed by an algorithm that is not taken here'],
  ['ERR_JOSE_NOT_SUPPORTED', 'the token needs what is not known here'],
  ['ERR_JWKS_NO_MATCHING_KEY', 'the token is signed by a key that its issuer does not have'],
  ['ERR_JWKS_MULTIPLE_MATCHING_KEYS', 'the token does not say which key it is signed by'],
  ['ERR_JWS_INVALID', NOT_HERE],
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'the signature of the token is wrong'],
  ['ERR_JWT_INVALID', 'the token says what is no JWT'],
])
