import { randomBytes } from 'node:crypto'
import type { Settings } from './config-settings.ts'
import type { Credentials } from './http/credentials.ts'

type Given = Pick<Settings, 'apiAuthUsername' | 'apiAuthPassword'>
type Complain = (setting: keyof Given, detail: string) => void

const SHORTEST_PASSWORD = 8
/** What is tried first by everybody who tries. */
const WELL_KNOWN = new Set([
  'changeme',
  'change-me',
  'changeit',
  'password',
  'password1',
  'passw0rd',
  'admin123',
  'adminadmin',
  'administrator',
  '12345678',
  '123456789',
  '1234567890',
  'qwertyui',
  'qwerty123',
  'letmein1',
  'secret123',
  'prometheus',
  'prom-operator',
  'kcloud-monitor',
])

/** Complains of credentials that are missing or that everybody knows. The demo takes any. */
export function checkCredentials(
  { apiAuthUsername: username, apiAuthPassword: password }: Given,
  demo: boolean,
  complain: Complain,
): void {
  if (demo && username === undefined && password === undefined) return
  const needed = 'is needed: nothing is served without credentials'
  if (username === undefined) complain('apiAuthUsername', needed)
  else if (username.includes(':')) complain('apiAuthUsername', 'must not contain a colon')
  if (password === undefined) complain('apiAuthPassword', needed)
  else if (!demo) checkPassword(password, username, complain)
}

function checkPassword(password: string, username: string | undefined, complain: Complain): void {
  const mistake = passwordMistake(password, username)
  if (mistake !== undefined) complain('apiAuthPassword', mistake)
}

/** What is wrong with a password; undefined for nothing. */
export function passwordMistake(password: string, username?: string): string | undefined {
  if (password.length < SHORTEST_PASSWORD)
    return `must have at least ${SHORTEST_PASSWORD} characters`
  if (WELL_KNOWN.has(password.toLowerCase())) return 'is well known: choose another'
  return password === username ? 'must differ from the user name' : undefined
}

/** Credentials that nobody knows yet. */
export function makeCredentials(): Credentials {
  return { username: 'demo', password: randomBytes(12).toString('base64url') }
}
