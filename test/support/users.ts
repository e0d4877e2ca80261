import { randomBytes, scryptSync } from 'node:crypto'
import type { User } from '../../src/services/access/index.ts'

/** What the file of users says of a password, at the least cost that is allowed. */
export function cheapHash(password: string): string {
  const salt = randomBytes(16)
  const key = scryptSync(password.normalize('NFC'), salt, 32, { N: 2 ** 14, r: 8, p: 1 })
  const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
  return `$scrypt$ln=14,r=8,p=1$${text(salt)}$${text(key)}`
}

/** A user, called alice and a viewer of everything unless told otherwise. */
export function userOf({
  password = 'correct horse',
  ...rest
}: Partial<User> & { readonly password?: string }): User {
  const salt = randomBytes(16)
  const key = scryptSync(password.normalize('NFC'), salt, 32, { N: 2 ** 14, r: 8, p: 1 })
  const hash = { ln: 14, r: 8, p: 1, salt, key }
  return { name: 'alice', role: 'viewer', scope: null, disabled: false, hash, ...rest }
}
