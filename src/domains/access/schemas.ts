import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'
import { WAYS } from '../../kernel/identity.ts'
import { ROLES } from '../../kernel/principal.ts'
import { parseDuration } from '../../kernel/time-range.ts'

const name = z.string().min(1).max(253)

const grantSchema = z
  .strictObject({
    cluster: name.describe('The name of a cluster; `*` for every cluster.'),
    namespaces: z.array(name).min(1).max(1000).nullable().describe('Null for the whole cluster.'),
  })
  .meta({ id: 'Grant' })

const scope = z.array(grantSchema).max(1000).nullable()
const role = z.enum(ROLES)

export const whoamiSchema = z
  .object({
    name: z.string(),
    role,
    scope: scope.describe('What may be seen; null for everything.'),
    way: z.enum(WAYS).describe('How whoever asks signed in.'),
    expires_at: timestamp.nullable().describe('When that ends by itself; null for never.'),
  })
  .meta({ id: 'Whoami' })

const KEY_STATUSES = ['active', 'expired', 'revoked'] as const

export const apiKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.string().describe('Who made it, and whose rights it cannot exceed.'),
    role,
    scope: scope.describe('What may be seen; null for everything.'),
    status: z.enum(KEY_STATUSES),
    hint: z.string().describe('How the secret begins.'),
    created_at: timestamp,
    expires_at: timestamp,
    revoked_at: timestamp.nullable(),
    last_used_at: timestamp.nullable().describe('To about a minute; null for never.'),
  })
  .meta({ id: 'ApiKey' })

export const newKeySchema = apiKeySchema
  .extend({ secret: z.string().describe('Shown this once: it is not kept.') })
  .meta({ id: 'NewApiKey' })

const LONGEST_SECONDS = 100 * 366 * 86_400

export const wantedKeySchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{L}\p{N} ._-]{1,64}$/u, 'must have 1 to 64 letters, digits, spaces, dots, dashes')
    .describe('What it is for; a name is free again when its key has ended.'),
  role: role.default('viewer').describe('At most that of its maker.'),
  scope: scope.optional().describe('What it may see, at most what its maker does: the default.'),
  expires_in: z
    .string()
    .default('90d')
    .transform((text, context) => {
      const seconds = parseDuration(text)
      if (seconds !== undefined && seconds >= 60 && seconds <= LONGEST_SECONDS) return seconds
      context.addIssue({ code: 'custom', message: 'must be a duration such as 90d, at least 1m' })
      return z.NEVER
    })
    .describe('How long it is good, such as `90d`.'),
})

export const keyParams = z.object({ id: z.string().min(1).max(64).describe('The id of the key.') })
