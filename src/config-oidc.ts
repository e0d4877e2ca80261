import { z } from 'zod'
import { jsonSetting } from './config-json.ts'
import { optional, setting } from './config-setting.ts'
import { anyText, seconds, words } from './config-values.ts'
import { readScope, ROLES, type Grant, type Role } from './kernel/principal.ts'
import type { OidcOptions } from './services/access/index.ts'

const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** An address that nobody on the way can answer for: HTTPS, or this machine. */
const issuer = z
  .string()
  .refine(
    (text) => URL.canParse(text) && isSafe(new URL(text)),
    'must be an https:// address, without a query',
  )

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function isSafe({ protocol, hostname, username, search, hash }: URL): boolean {
  const secure = protocol === 'https:' || (protocol === 'http:' && LOCAL.test(hostname))
  return secure && `${username}${search}${hash}` === ''
}

const roles = jsonSetting(
  z.record(z.string().min(1), z.enum(ROLES)),
  'must be JSON: {"kcloud-admins":"admin","everyone":"viewer"}',
  (read): ReadonlyMap<string, Role> => new Map(Object.entries(read)),
)

const scopes = jsonSetting(
  z.record(
    z.string().min(1),
    z.array(z.string()).transform((texts, context) => {
      const scope = readScope(texts)
      if (scope !== undefined) return scope
      context.addIssue({ code: 'custom', message: 'must be scopes' })
      return z.NEVER
    }),
  ),
  'must be JSON: {"team-shop":["seoul/shop","busan"]}',
  (read): ReadonlyMap<string, readonly Grant[]> => new Map(Object.entries(read)),
)

/** What can be set of whose tokens are taken. */
export const oidcSettings = {
  oidcIssuer: optional(issuer, {
    about:
      'The OpenID Connect issuer whose tokens are taken as bearer tokens, exactly as they name it. Without it none are.',
    example: 'https://login.example.org/realms/kcloud',
  }),
  oidcAudience: optional(words(/^\S{1,200}$/, 'audiences'), {
    about: 'Which audiences of tokens are this server, in a comma list. Needed with OIDC_ISSUER.',
    example: 'kcloud-monitor',
  }),
  oidcJwksUrl: optional(issuer, {
    about: "Where the issuer's keys are; by default its discovery document says so.",
    example: 'https://login.example.org/realms/kcloud/protocol/openid-connect/certs',
  }),
  oidcAlgorithms: setting(
    words(new RegExp(`^(${ALGORITHMS.join('|')})$`), `out of ${ALGORITHMS.join(', ')}`),
    'RS256,PS256,ES256,EdDSA',
    'By which algorithms tokens may be signed. None is symmetric.',
  ),
  oidcNameClaim: setting(
    anyText,
    'sub',
    'The claim that tells users apart; what is theirs is kept under it.',
  ),
  oidcRoleClaim: setting(
    anyText,
    'roles',
    'The claim that holds roles, with dots for one within another, such as realm_access.roles. A token without a role is refused.',
  ),
  oidcRoles: setting(
    roles,
    '{"viewer":"viewer","operator":"operator","admin":"admin"}',
    'The role here by what the claim holds, as JSON. Of several the highest counts.',
  ),
  oidcScopeClaim: optional(anyText, {
    about:
      'The claim that holds what may be seen. Without this setting tokens see everything; with it a token without the claim sees nothing.',
    example: 'groups',
  }),
  oidcScopes: setting(
    scopes,
    '{}',
    'What may be seen by what the claim holds, as JSON. What is not there is read as a scope itself: seoul, seoul/shop, */shop.',
  ),
  oidcClockTolerance: setting(
    seconds('zero allowed'),
    '30s',
    "How far the issuer's clock may be off, at most 5m.",
  ),
}

interface OidcSettings {
  readonly oidcIssuer?: string | undefined
  readonly oidcAudience?: readonly string[] | undefined
  readonly oidcJwksUrl?: string | undefined
  readonly oidcAlgorithms: readonly string[]
  readonly oidcNameClaim: string
  readonly oidcRoleClaim: string
  readonly oidcRoles: ReadonlyMap<string, Role>
  readonly oidcScopeClaim?: string | undefined
  readonly oidcScopes: ReadonlyMap<string, readonly Grant[]>
  readonly oidcClockTolerance: number
}

const MOST_TOLERANCE_SECONDS = 300

/** The settings as they are used; null without an issuer. */
export function readOidc(
  read: Partial<OidcSettings>,
  complain: (setting: 'oidcAudience' | 'oidcIssuer', detail: string) => void,
): OidcOptions | null {
  const { oidcIssuer: from, oidcAudience: audiences } = read
  if (from === undefined && audiences !== undefined)
    complain('oidcIssuer', 'is needed with OIDC_AUDIENCE')
  if (from === undefined) return null
  if (audiences === undefined)
    complain('oidcAudience', 'is needed: tokens for others must not be taken')
  return optionsOf(read as OidcSettings, from, audiences ?? [])
}

const optionsOf = (
  read: OidcSettings,
  from: string,
  audiences: readonly string[],
): OidcOptions => ({
  issuer: from,
  audiences,
  jwksUrl: read.oidcJwksUrl ?? null,
  algorithms: read.oidcAlgorithms,
  toleranceSeconds: Math.min(read.oidcClockTolerance, MOST_TOLERANCE_SECONDS),
  nameClaim: read.oidcNameClaim,
  roleClaim: read.oidcRoleClaim,
  roles: read.oidcRoles,
  scopeClaim: read.oidcScopeClaim ?? null,
  scopes: read.oidcScopes,
})
