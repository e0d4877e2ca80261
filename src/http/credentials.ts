import type { FastifyRequest } from 'fastify'
import type { Credential } from '../kernel/identity.ts'

/** The user of the configuration. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** What a request says of who sent it. */
export type Sent =
  | Credential
  | { readonly kind: 'nothing' }
  /** No credentials that can be read. */
  | { readonly kind: 'unreadable' }
  /** More than one, and nobody could say which one counts. */
  | { readonly kind: 'several' }

/** The user name that an API key goes under where a client has nothing but a name and a password. */
export const KEY_USER = 'api-key'

/** Reads the credentials of a request, without looking whose they are. */
export function sentBy({ headers, raw }: FastifyRequest): Sent {
  const key = headers['x-api-key']
  const { authorization } = headers
  if (hasSeveral(raw.rawHeaders)) return { kind: 'several' }
  if (authorization !== undefined) return readAuthorization(authorization)
  if (typeof key !== 'string') return { kind: 'nothing' }
  return key === '' ? { kind: 'unreadable' } : { kind: 'token', token: key.trim() }
}

const NAMES = new Set(['authorization', 'x-api-key'])

/** Node keeps the first of two such headers without a word, and a proxy may have looked at the other. */
export function hasSeveral(rawHeaders: readonly string[]): boolean {
  let found = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const { length } = rawHeaders[index] ?? ''
    if ((length === 13 || length === 9) && NAMES.has((rawHeaders[index] ?? '').toLowerCase()))
      found += 1
  }
  return found > 1
}

const SCHEME = /^([a-z]+) ([\w.~+/-]+=*)$/i

/** A scheme and a token of 68 characters (RFC 9110, section 11.4). */
function readAuthorization(header: string): Sent {
  const [, scheme = '', token = ''] = SCHEME.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return { kind: 'token', token }
  return scheme.toLowerCase() === 'basic' ? readBasic(token) : { kind: 'unreadable' }
}

// RFC 7617 allows no control characters in either.
const CONTROL = /[\u0000-\u001f\u007f]/

/** The first colon ends the name; a password may have others (RFC 7617, section 2). */
function readBasic(token: string): Sent {
  const text = Buffer.from(token, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0 || CONTROL.test(text)) return { kind: 'unreadable' }
  const [name, password] = [text.slice(0, colon), text.slice(colon + 1)]
  return name === KEY_USER
    ? { kind: 'token', token: password }
    : { kind: 'password', name, password }
}
