import type { Config } from './config.ts'
import { readUsers } from './config-users.ts'
import { createGuesses } from './http/guesses.ts'
import type { Journal } from './journal.ts'
import type { NoteAudit } from './kernel/audit.ts'
import type { Now } from './kernel/clock.ts'
import type { SignIn } from './kernel/identity.ts'
import type { Principal } from './kernel/principal.ts'
import {
  changesOf,
  createApiKeys,
  createAudit,
  createFileWatch,
  createOidc,
  createPasswords,
  createSignIn,
  createUsers,
  type ApiKeys,
  type Audit,
  type Users,
} from './services/access/index.ts'
import type { Store } from './services/store/index.ts'

/** Who may sign in, what they did, and what has to end with the server. */
export interface Access {
  readonly signIn: SignIn
  readonly apiKeys: ApiKeys
  readonly audit: Audit
  readonly note: NoteAudit
  close(): Promise<void>
}

interface Needs {
  readonly now: Now
  readonly journal: Pick<Journal, 'users' | 'keysFailed' | 'audit'>
  readonly store: Pick<Store, 'apiKeys' | 'audit'>
}

/** Names are slowed down later than addresses, so that nobody is easily locked out by somebody else's guesses. */
const OF_NAMES = { free: 20, longestSeconds: 60 }

/** Builds it, and follows the file of users. */
export function composeAccess(config: Config, { now, journal, store }: Needs): Access {
  const { oidc } = config.access
  const users = createUsers({
    users: config.access.users,
    passwords: createPasswords(),
    limits: createGuesses(now, OF_NAMES),
    now,
  })
  const apiKeys = createApiKeys({
    store: store.apiKeys,
    now,
    ownerOf: ownersOf(config, users),
    longestSeconds: config.access.keySeconds,
    onError: (error) => journal.keysFailed(error),
  })
  const audit = createAudit({
    ...config.access.audit,
    store: store.audit,
    now,
    tell: (event, kept) => journal.audit(event, kept),
  })
  const note: NoteAudit = (event) => audit.note(event)
  const watch = followFile(config, users, { journal, note, now })
  return {
    signIn: createSignIn({ users, keys: apiKeys, oidc: oidc && createOidc(oidc, now) }),
    apiKeys,
    audit,
    note,
    close() {
      watch?.close()
      audit.close()
      return apiKeys.close()
    },
  }
}

/** Of whoever signs in elsewhere nobody can ask: their keys end by themselves. */
const OUTSIDE = 'oidc:'

function ownersOf({ credentials }: Config, users: Users) {
  const everything = { role: 'admin', scope: null } as const
  return (name: string): Pick<Principal, 'role' | 'scope'> | undefined =>
    name === credentials.username || name.startsWith(OUTSIDE) ? everything : users.find(name)
}

interface Following {
  readonly journal: Pick<Journal, 'users'>
  readonly note: NoteAudit
  readonly now: Now
}

/** A file with mistakes changes nothing, and is told of. */
function followFile(
  { access: { usersFile: file, users: first }, credentials }: Config,
  users: Users,
  { journal, note, now }: Following,
) {
  if (file === null) return undefined
  let before = first
  return createFileWatch(file, () => {
    const mistakes: string[] = []
    const read = readUsers(file, credentials.username, (mistake) => mistakes.push(mistake))
    journal.users({ count: read?.length, mistakes })
    const target = read && changesOf(before, read)
    before = read ?? before
    users.replace(before)
    if (target !== undefined) void note({ ...BY_ITSELF, at: now(), target })
  })
}

const BY_ITSELF = {
  who: 'system',
  way: 'system',
  address: null,
  action: 'users.change',
  result: 'done',
  status: null,
  request_id: null,
} as const
