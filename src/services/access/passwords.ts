import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { KCloudError } from '../../kernel/errors.ts'
import { USUAL_COST, writeHash, type PasswordHash } from './phc.ts'

/** A password is at most so long: longer ones are no passwords. */
export const LONGEST_PASSWORD = 1024

const AT_ONCE = 2
const MOST_WAITING = 32

/** Checks passwords, a few at a time: each takes memory, and a while of a processor. */
export interface Passwords {
  /** Rejects with `rate_limited` when too many wait already. */
  verify(password: string, hash: PasswordHash): Promise<boolean>
}

export function createPasswords(): Passwords {
  const waiting: (() => void)[] = []
  let running = 0

  const turn = (): Promise<void> | undefined => {
    if (running < AT_ONCE) {
      running += 1
      return undefined
    }
    if (waiting.length >= MOST_WAITING) throw tooMany()
    return new Promise((begin) => waiting.push(begin))
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
  return {
    async verify(password, hash) {
      await turn()
      try {
        return timingSafeEqual(await derive(password, hash), hash.key)
      } finally {
        leave()
      }
    },
  }
}

/** The hash of a password, as it stands in the file of users. */
export async function hashPassword(password: string): Promise<string> {
  const parts = { ...USUAL_COST, salt: randomBytes(16), key: Buffer.alloc(32) }
  return writeHash({ ...parts, key: await derive(password, parts) })
}

/** The same letters are the same password, however a keyboard composes them. */
function derive(password: string, { ln, r, p, salt, key }: PasswordHash): Promise<Buffer> {
  const cost = 2 ** ln
  const limits = { blockSize: r, parallelization: p, maxmem: 2 * 128 * r * cost }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, key.length, { cost, ...limits }, (error, derived) => {
      if (error === null) resolve(derived)
      else reject(error)
    })
  })
}

const tooMany = (): KCloudError =>
  new KCloudError('rate_limited', {
    detail: 'too many sign in at once; try again in a moment',
    retryAfterSeconds: 1,
  })
