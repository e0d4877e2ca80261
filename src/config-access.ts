import { optional, setting } from './config-setting.ts'
import { oidcSettings, readOidc } from './config-oidc.ts'
import { readUsers } from './config-users.ts'
import { anyText, seconds, whole } from './config-values.ts'
import type { OidcOptions, User } from './services/access/index.ts'

/** What can be set of who may sign in. */
export const accessSettings = {
  usersFile: optional(anyText, {
    about:
      'A JSON file of users beside the one above: a list of name, hash, role (viewer, operator, admin), scope and disabled, as "kcloud users hash" writes them. It is read again when it changes.',
    example: '/etc/kcloud-monitor/users.json',
  }),
  apiKeyMaxLife: setting(seconds('not zero'), '365d', 'How long an API key is good at most.'),
  ...oidcSettings,
  auditRetention: setting(
    seconds('not zero'),
    '400d',
    'How long entries of the audit log are kept.',
  ),
  auditMaxEntries: setting(
    whole(100, 10_000_000),
    '100000',
    'How many entries of the audit log are kept at most; the oldest go first. What goes is an entry itself.',
  ),
}

/** Who may sign in beside the user of the configuration. */
export interface AccessConfig {
  readonly usersFile: string | null
  /** Those of the file at the start. */
  readonly users: readonly User[]
  readonly keySeconds: number
  /** Null where no tokens are taken. */
  readonly oidc: OidcOptions | null
  readonly audit: { readonly keepSeconds: number; readonly mostEntries: number }
}

type Read = Parameters<typeof readOidc>[0] & {
  readonly usersFile?: string | undefined
  readonly apiAuthUsername?: string | undefined
  readonly apiKeyMaxLife?: number
  readonly auditRetention?: number
  readonly auditMaxEntries?: number
}

/** The settings as they are used, with every mistake of the file of users. */
export function readAccess(
  read: Read,
  complain: (setting: 'usersFile' | 'oidcAudience' | 'oidcIssuer', detail: string) => void,
): AccessConfig {
  const { usersFile: file, apiKeyMaxLife = 0, auditRetention = 0, auditMaxEntries = 0 } = read
  const tell = (mistake: string): void => complain('usersFile', `${file}: ${mistake}`)
  const users = file === undefined ? [] : readUsers(file, read.apiAuthUsername, tell)
  return {
    usersFile: file ?? null,
    users: users ?? [],
    keySeconds: apiKeyMaxLife,
    oidc: readOidc(read, complain),
    audit: { keepSeconds: auditRetention, mostEntries: auditMaxEntries },
  }
}
