import { optional, setting } from './config-setting.ts'
import { readUsers } from './config-users.ts'
import { anyText, seconds } from './config-values.ts'
import type { User } from './services/access/index.ts'

/** What can be set of who may sign in. */
export const accessSettings = {
  usersFile: optional(anyText, {
    about:
      'A JSON file of users beside the one above: a list of name, hash, role (viewer, operator, admin), scope and disabled, as "kcloud users hash" writes them. It is read again when it changes.',
    example: '/etc/kcloud-monitor/users.json',
  }),
  apiKeyMaxLife: setting(seconds('not zero'), '365d', 'How long an API key is good at most.'),
}

/** Who may sign in beside the user of the configuration. */
export interface AccessConfig {
  readonly usersFile: string | null
  /** Those of the file at the start. */
  readonly users: readonly User[]
  readonly keySeconds: number
}

interface AccessSettings {
  readonly usersFile?: string | undefined
  readonly apiAuthUsername?: string | undefined
  readonly apiKeyMaxLife?: number
}

/** The settings as they are used, with every mistake of the file of users. */
export function readAccess(
  { usersFile: file, apiAuthUsername, apiKeyMaxLife: keySeconds = 0 }: Partial<AccessSettings>,
  complain: (setting: 'usersFile', detail: string) => void,
): AccessConfig {
  if (file === undefined) return { usersFile: null, users: [], keySeconds }
  const tell = (mistake: string): void => complain('usersFile', `${file}: ${mistake}`)
  return { usersFile: file, users: readUsers(file, apiAuthUsername, tell) ?? [], keySeconds }
}
