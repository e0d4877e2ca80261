import { createHash, createHmac, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Now } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Identity, Refusal } from '../../kernel/identity.ts'
import type { Principal } from '../../kernel/principal.ts'
import { LONGEST_PASSWORD, type Passwords } from './passwords.ts'
import { writeHash, type PasswordHash } from './phc.ts'

/** A user of the file. */
export interface User extends Principal {
  readonly hash: PasswordHash
  readonly disabled: boolean
}

/** Slows down whoever guesses, by the name that is tried. */
export interface NameLimits {
  waitSeconds(name: string): number
  failed(name: string): void
}

/** Who may sign in with a name and a password. */
export interface Users {
  /** Rejects with `rate_limited`. */
  identify(name: string, password: string): Promise<Identity | Refusal>
  stands(identity: Identity): boolean
  /** The user of a name who may sign in. */
  find(name: string): Principal | undefined
  /** From now on there are these. */
  replace(users: readonly User[]): void
}

interface Needs {
  readonly users: readonly User[]
  readonly passwords: Passwords
  readonly limits: NameLimits
  readonly now: Now
}

const REMEMBERED_MS = 5 * 60_000
const MOST_REMEMBERED = 10_000
const WRONG: Refusal = { refused: 'the user name or the password is wrong', isGuess: true }

interface Known {
  readonly user: User
  readonly identity: Identity
}

/**
 * Users by their passwords. A password that was right is remembered for a few minutes by a digest under a key that
 * only this process has, so that a dashboard that asks each second does not cost a hash each second. A name that
 * nobody has takes as long as one that somebody has.
 */
export function createUsers({ users, passwords, limits, now }: Needs): Users {
  const remembered = rememberedBy(now)
  let known = byName(users)

  const stands = ({ principal, basis }: Identity): boolean => {
    const found = known.get(principal.name)
    return found !== undefined && !found.user.disabled && found.identity.basis === basis
  }
  async function check(name: string, password: string): Promise<Identity | Refusal> {
    const found = known.get(name)
    const hash = found?.user.hash ?? standIn([...known.values()], remembered.numberOf(name))
    const right = hash !== undefined && (await passwords.verify(password, hash))
    if (right && found !== undefined && !found.user.disabled) return found.identity
    limits.failed(name)
    return WRONG
  }
  return {
    identify(name, password) {
      if (password.length > LONGEST_PASSWORD) return Promise.resolve(WRONG)
      return remembered.get([name, password], stands, () => {
        const wait = limits.waitSeconds(name)
        if (wait > 0) throw tooManyGuesses(wait)
        return check(name, password)
      })
    },
    stands,
    find(name) {
      const user = known.get(name)?.user
      return user?.disabled === false ? user : undefined
    },
    replace(changed) {
      known = byName(changed)
    },
  }
}

/** What was right lately, by digests; equal questions at the same time are one. */
function rememberedBy(now: Now) {
  const secret = randomBytes(32)
  const digestOf = (text: string): Buffer => createHmac('sha256', secret).update(text).digest()
  const kept = new LRUCache<string, Identity>({
    max: MOST_REMEMBERED,
    ttl: REMEMBERED_MS,
    ttlResolution: 0,
    perf: { now: () => now().getTime() },
  })
  const running = new Map<string, Promise<Identity | Refusal>>()

  async function make(digest: string, check: () => Promise<Identity | Refusal>) {
    try {
      const found = await Promise.resolve().then(check)
      if (!('refused' in found)) kept.set(digest, found)
      return found
    } finally {
      running.delete(digest)
    }
  }
  return {
    /** The same for a text as long as the process runs, and not to be foretold. */
    numberOf: (text: string): number => digestOf(text).readUInt32BE(),
    async get(
      parts: readonly string[],
      stands: (identity: Identity) => boolean,
      check: () => Promise<Identity | Refusal>,
    ): Promise<Identity | Refusal> {
      const digest = digestOf(parts.join('\0')).toString('base64')
      const before = kept.get(digest)
      if (before !== undefined && stands(before)) return before
      const waited = running.get(digest) ?? make(digest, check)
      running.set(digest, waited)
      return waited
    },
  }
}

/** Whose cost an unknown name has: always the same one's. */
const standIn = (all: readonly Known[], number: number): PasswordHash | undefined =>
  all[number % all.length]?.user.hash

const byName = (users: readonly User[]): ReadonlyMap<string, Known> =>
  new Map(users.map((user) => [user.name, { user, identity: identityOf(user) }]))

function identityOf({ name, role, scope, hash }: User): Identity {
  const entry = JSON.stringify([name, role, scope, writeHash(hash)])
  return {
    principal: { name, role, scope },
    way: 'user',
    expiresAt: null,
    basis: createHash('sha256').update(entry).digest('base64url'),
  }
}

const tooManyGuesses = (seconds: number): KCloudError =>
  new KCloudError('rate_limited', {
    detail: `too many wrong passwords for this name; try again in ${Math.ceil(seconds)} s`,
    retryAfterSeconds: seconds,
  })

/** Which users are other ones than before, by name; undefined for none. */
export function changesOf(before: readonly User[], after: readonly User[]) {
  const [old, now] = [entriesOf(before), entriesOf(after)]
  const added = [...now.keys()].filter((name) => !old.has(name))
  const removed = [...old.keys()].filter((name) => !now.has(name))
  const changed = [...now].flatMap(([name, entry]) =>
    old.has(name) && old.get(name) !== entry ? [name] : [],
  )
  return added.length + removed.length + changed.length === 0
    ? undefined
    : { added, removed, changed }
}

const entriesOf = (users: readonly User[]): ReadonlyMap<string, string> =>
  new Map(users.map(({ hash, ...user }) => [user.name, JSON.stringify([user, writeHash(hash)])]))
