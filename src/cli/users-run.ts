import { passwordMistake } from '../config-credentials.ts'
import { userMistakes } from '../config-users.ts'
import { readScope, type Role } from '../kernel/principal.ts'
import { hashPassword } from '../services/access/index.ts'
import { readPassword } from './password.ts'
import { EXIT_USAGE, say } from './terminal.ts'

export interface HashOptions {
  readonly name: string
  readonly role: Role
  readonly scope?: readonly string[]
}

/** Prints an entry of the file of users, or what is wrong with it. */
export async function hash(options: HashOptions): Promise<void> {
  const made = await entryOf(options)
  if (typeof made === 'object') say(JSON.stringify(made))
  else {
    say(made, 'stderr')
    process.exitCode = EXIT_USAGE
  }
}

async function entryOf({ name, role, scope: written }: HashOptions): Promise<object | string> {
  const scope = written === undefined ? null : readScope(written)
  if (scope === undefined) return '--scope takes seoul, seoul/shop or */shop, once or several times'
  const password = await readPassword()
  if (password === undefined) return 'the two passwords differ'
  const mistake = passwordMistake(password, name)
  if (mistake !== undefined) return `the password ${mistake}`
  const entry = { name, role, ...(scope !== null && { scope }), hash: await hashPassword(password) }
  const mistakes = userMistakes(entry)
  return mistakes.length > 0 ? mistakes.join('\n') : entry
}
