import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Now } from '../../kernel/clock.ts'
import { invalidRequest, KCloudError } from '../../kernel/errors.ts'
import type { Identity, Refusal } from '../../kernel/identity.ts'
import {
  isAtLeast,
  isWithin,
  ROLES,
  type Grant,
  type Principal,
  type Role,
} from '../../kernel/principal.ts'
import type { ApiKeyStore, StoredKey } from '../store/index.ts'
import { createKeyCache } from './key-cache.ts'
import { createUseNotes } from './key-uses.ts'

/** What a key is to be. */
export interface WantedKey {
  readonly name: string
  readonly role: Role
  readonly scope: readonly Grant[] | null
  readonly seconds: number
}

/** A key as its owner sees it. */
export interface ApiKey extends Omit<StoredKey, 'digest' | 'role' | 'scope'> {
  readonly role: Role
  readonly scope: readonly Grant[] | null
}

/** Keys in place of passwords, for programs. All reject with `store_unavailable`. */
export interface ApiKeys {
  /** Rejects with `forbidden` for more than the creator may, `invalid_request`, and `ambiguous` for a name that is taken. */
  create(
    wanted: WantedKey,
    by: Identity,
  ): Promise<{ readonly key: ApiKey; readonly secret: string }>
  /** Of everybody for an admin, else the own ones. */
  list(by: Identity): Promise<readonly ApiKey[]>
  /** Rejects with `not_found`, also for what belongs to others. */
  find(id: string, by: Identity): Promise<ApiKey>
  revoke(id: string, by: Identity): Promise<void>
  identify(token: string): Promise<Identity | Refusal>
  stands(identity: Identity): Promise<boolean>
  close(): Promise<void>
}

interface Needs {
  readonly store: ApiKeyStore
  readonly now: Now
  /** What the owner of a key may do now; undefined for one who may do nothing. */
  readonly ownerOf: (name: string) => Pick<Principal, 'role' | 'scope'> | undefined
  readonly longestSeconds: number
  readonly onError: (error: unknown) => void
}

const MOST_OF_ONE = 100
const FORGOTTEN_AFTER_MS = 90 * 86_400_000
const FORM = /^kcm_[\w-]{43}$/
const REFUSED = {
  unknown: { refused: 'the key or token is not known here', isGuess: true },
  revoked: { refused: 'the key was revoked', isGuess: false },
  expired: { refused: 'the key has expired', isGuess: false },
  orphaned: {
    refused: 'the owner of the key may not sign in, or no longer see as much',
    isGuess: false,
  },
} as const satisfies Readonly<Record<string, Refusal>>

/** Whether a token is a key of ours, good or not. */
export const isKey = (token: string): boolean => FORM.test(token)

/**
 * Keys with 256 random bits. A plain SHA-256 of one is kept: nobody can try all of them, which is what slow hashes
 * of passwords are for, and what is looked up by a digest is compared in no time that tells anything.
 */
export function createApiKeys({ store, now, ownerOf, longestSeconds, onError }: Needs): ApiKeys {
  const cache = createKeyCache(store, now)
  const uses = createUseNotes(store, onError)

  const identify = identifier(now, ownerOf)
  const find = async (id: string, by: Identity): Promise<ApiKey> => {
    const key = await store.find({ id })
    if (key === undefined || !mayManage(by, key)) throw noSuchKey()
    return uses.latest(apiKeyOf(key))
  }
  return {
    create: (wanted, by) => made(wanted, by, { store, now, longestSeconds }),
    async list(by) {
      const keys = await store.list(by.principal.role === 'admin' ? null : by.principal.name)
      return keys.map((key) => uses.latest(apiKeyOf(key)))
    },
    find,
    async revoke(id, by) {
      await find(id, by)
      await store.revoke(id, now())
      cache.forget(id)
    },
    async identify(token) {
      if (!isKey(token)) return REFUSED.unknown
      const key = await cache.byDigest(digestOf(token))
      const identity = identify(key)
      if (key !== undefined && !('refused' in identity)) uses.note(key.id, now())
      return identity
    },
    async stands({ basis }) {
      const [id = ''] = basis.split(' ')
      const identity = identify(await cache.byId(id))
      return !('refused' in identity) && identity.basis === basis
    },
    close: () => uses.close(),
  }
}

async function made(
  wanted: WantedKey,
  by: Identity,
  { store, now, longestSeconds }: Pick<Needs, 'store' | 'now' | 'longestSeconds'>,
): Promise<{ readonly key: ApiKey; readonly secret: string }> {
  checkWanted(wanted, by, longestSeconds)
  const secret = `kcm_${randomBytes(32).toString('base64url')}`
  const key = newKey(wanted, { secret, owner: by.principal.name, at: now() })
  await store.prune(new Date(now().getTime() - FORGOTTEN_AFTER_MS))
  if (!(await store.add(key, MOST_OF_ONE))) throw nameIsTaken(wanted.name)
  return { key: apiKeyOf(key), secret }
}

/** Whose a key is, as far as it is good. */
function identifier(now: Now, ownerOf: Needs['ownerOf']) {
  return (key: StoredKey | undefined): Identity | Refusal => {
    if (key === undefined) return REFUSED.unknown
    if (key.revoked_at !== null) return REFUSED.revoked
    if (key.expires_at.getTime() <= now().getTime()) return REFUSED.expired
    const { role, scope } = apiKeyOf(key)
    const owner = ownerOf(key.owner)
    if (owner === undefined || !isWithin(scope, owner.scope)) return REFUSED.orphaned
    return identityOf(key, { role: isAtLeast(owner.role, role) ? role : owner.role, scope })
  }
}

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

function newKey(
  { name, role, scope, seconds }: WantedKey,
  { secret, owner, at }: { readonly secret: string; readonly owner: string; readonly at: Date },
): StoredKey {
  return {
    id: randomUUID(),
    digest: digestOf(secret),
    hint: secret.slice(0, 8),
    name,
    owner,
    role,
    scope,
    created_at: at,
    expires_at: new Date(at.getTime() + seconds * 1000),
    revoked_at: null,
    last_used_at: null,
  }
}

function apiKeyOf({ digest: _, ...key }: StoredKey): ApiKey {
  // Only we write it; a role that another version knows is the least here.
  const role = ROLES.find((each) => each === key.role) ?? 'viewer'
  return { ...key, role, scope: key.scope as ApiKey['scope'] }
}

function identityOf(
  { id, name, owner, expires_at: expiresAt }: StoredKey,
  { role, scope }: Pick<Principal, 'role' | 'scope'>,
): Identity {
  return {
    // Neither a user's name nor a key's can be mistaken for it: the one has no colon, the other no slash.
    principal: { name: `key:${owner}/${name}`, role, scope },
    way: 'api_key',
    expiresAt,
    basis: `${id} ${role}`,
  }
}

const mayManage = ({ principal }: Identity, { owner }: Pick<StoredKey, 'owner'>): boolean =>
  principal.role === 'admin' || principal.name === owner

function checkWanted({ role, scope, seconds }: WantedKey, by: Identity, longest: number): void {
  const { principal } = by
  if (by.way === 'api_key') throw forbidden('a key makes no keys; sign in as the user it is for')
  if (!isAtLeast(principal.role, role))
    throw forbidden(
      `a key of the role ${role} needs that role, and ${principal.name} has the role ${principal.role}`,
    )
  if (!isWithin(scope, principal.scope))
    throw forbidden('a key sees no more than who makes it: scope')
  if (role === 'admin' && scope !== null)
    throw invalidRequest('/body/scope', 'must be null for an admin, who manages everything')
  if (seconds > longest)
    throw invalidRequest('/body/expires_in', `must be at most ${Math.floor(longest / 86_400)}d`)
}

const forbidden = (detail: string): KCloudError => new KCloudError('forbidden', { detail })

const noSuchKey = (): KCloudError =>
  new KCloudError('not_found', { detail: 'there is no such key, or it belongs to somebody else' })

const nameIsTaken = (name: string): KCloudError =>
  new KCloudError('ambiguous', {
    detail: `there is a key called ${name} already, or there are ${MOST_OF_ONE}, as many as one may have`,
    candidates: [name],
  })
