import type { JWTPayload } from 'jose'
import { z } from 'zod'
import { KCloudError } from '../../kernel/errors.ts'
import {
  isAtLeast,
  readScope,
  type Grant,
  type Principal,
  type Role,
} from '../../kernel/principal.ts'

/** What the claims of a token mean. A claim within another is named with dots: `realm_access.roles`. */
export interface ClaimRules {
  readonly nameClaim: string
  readonly roleClaim: string
  /** The role by what the claim says. */
  readonly roles: ReadonlyMap<string, Role>
  /** Null: every token sees everything. */
  readonly scopeClaim: string | null
  /** What may be seen by what the claim says; what is not there is read as a scope itself, such as `seoul/shop`. */
  readonly scopes: ReadonlyMap<string, readonly Grant[]>
}

/** Who a token is for. Rejects with `forbidden` when it says nothing that is a role here. */
export function principalOf(payload: JWTPayload, rules: ClaimRules): Principal {
  const role = roleOf(payload, rules)
  const scope = scopeOf(payload, rules)
  const [name = String(payload.sub)] = textsOf(payload, rules.nameClaim, 'whole')
  // Whoever manages everything sees everything.
  const least = role === 'admin' && scope !== null ? 'operator' : role
  return { name: `oidc:${name}`, role: least, scope }
}

function roleOf(payload: JWTPayload, { roleClaim, roles }: ClaimRules): Role {
  const had = textsOf(payload, roleClaim).flatMap((text) => roles.get(text) ?? [])
  const [first, ...rest] = had
  if (first === undefined)
    throw new KCloudError('forbidden', {
      detail: `the claim ${roleClaim} of the token names no role that is known here`,
    })
  return rest.reduce((most, role) => (isAtLeast(role, most) ? role : most), first)
}

function scopeOf(payload: JWTPayload, { scopeClaim, scopes }: ClaimRules): Principal['scope'] {
  if (scopeClaim === null) return null
  return textsOf(payload, scopeClaim).flatMap((text) => scopes.get(text) ?? readScope([text]) ?? [])
}

/** The texts of a claim: one, a list, or with spaces between as OAuth writes scopes. */
function textsOf(payload: JWTPayload, claim: string, split?: 'whole'): readonly string[] {
  const said = valueAt(payload, claim)
  if (Array.isArray(said)) return said.filter((text) => typeof text === 'string')
  if (typeof said !== 'string' || said === '') return []
  return split === 'whole' ? [said] : said.split(' ').filter((text) => text !== '')
}

/** A claim whose own name has dots, as some issuers' are addresses, wins over one within another. */
function valueAt(payload: JWTPayload, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim]
  return claim
    .split('.')
    .reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Readonly<Record<string, unknown>>)[step]
          : undefined,
      payload,
    )
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** Where a discovery document says that the keys are. */
export function parseDiscovery(document: unknown, issuer: string): string {
  const read = discovery.parse(document)
  if (read.issuer !== issuer)
    throw new Error('read the discovery document: it names another issuer')
  return read.jwks_uri
}
