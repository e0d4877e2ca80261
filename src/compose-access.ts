import type { Config } from './config.ts'
import { readUsers } from './config-users.ts'
import { createGuesses } from './http/guesses.ts'
import type { Journal } from './journal.ts'
import type { Now } from './kernel/clock.ts'
import type { SignIn } from './kernel/identity.ts'
import {
  createFileWatch,
  createPasswords,
  createSignIn,
  createUsers,
  type Users,
} from './services/access/index.ts'

/** Who may sign in, and what has to end with the server. */
export interface Access {
  readonly signIn: SignIn
  close(): Promise<void>
}

interface Needs {
  readonly now: Now
  readonly journal: Pick<Journal, 'users'>
}

/** Names are slowed down later than addresses, so that nobody is easily locked out by somebody else's guesses. */
const OF_NAMES = { free: 20, longestSeconds: 60 }

/** Builds it, and follows the file of users. */
export function composeAccess(config: Config, { now, journal }: Needs): Access {
  const users = createUsers({
    users: config.access.users,
    passwords: createPasswords(),
    limits: createGuesses(now, OF_NAMES),
    now,
  })
  const watch = followFile(config, users, journal)
  return {
    signIn: createSignIn({ users }),
    close() {
      watch?.close()
      return Promise.resolve()
    },
  }
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
