import type { Config } from './config.ts'
import { readUsers } from './config-users.ts'
import { createGuesses } from './http/guesses.ts'
import type { Journal } from './journal.ts'
import type { Now } from './kernel/clock.ts'
import type { SignIn } from './kernel/identity.ts'
import type { Principal } from './kernel/principal.ts'
import {
  createApiKeys,
  createFileWatch,
  createPasswords,
  createSignIn,
  createUsers,
  type ApiKeys,
  type Users,
} from './services/access/index.ts'
import type { Store } from './services/store/index.ts'

/** Who may sign in, and what has to end with the server. */
export interface Access {
  readonly signIn: SignIn
  readonly apiKeys: ApiKeys
  close(): Promise<void>
}

interface Needs {
  readonly now: Now
  readonly journal: Pick<Journal, 'users' | 'keysFailed'>
  readonly store: Pick<Store, 'apiKeys'>
}

/** Names are slowed down later than addresses, so that nobody is easily locked out by somebody else's guesses. */
const OF_NAMES = { free: 20, longestSeconds: 60 }

/** Builds it, and follows the file of users. */
export function composeAccess(config: Config, { now, journal, store }: Needs): Access {
  const users = createUsers({
    users: config.access.users,
    passwords: createPasswords(),
    limits: createGuesses(now, OF_NAMES),
    now,
  })
  const keys = createApiKeys({
    store: store.apiKeys,
    now,
    ownerOf: ownersOf(config, users),
    longestSeconds: config.access.keySeconds,
    onError: (error) => journal.keysFailed(error),
  })
  const watch = followFile(config, users, journal)
  return {
    signIn: createSignIn({ users, keys }),
    apiKeys: keys,
    close() {
      watch?.close()
      return keys.close()
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

/** A file with mistakes changes nothing, and is told of. */
function followFile(
  { access: { usersFile: file }, credentials }: Config,
  users: Users,
  journal: Pick<Journal, 'users'>,
) {
  if (file === null) return undefined
  return createFileWatch(file, () => {
    const mistakes: string[] = []
    const read = readUsers(file, credentials.username, (mistake) => mistakes.push(mistake))
    if (read !== undefined) users.replace(read)
    journal.users({ count: read?.length, mistakes })
  })
}
