import type { Kysely, Selectable, Transaction } from 'kysely'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** A key as it is kept: its secret is not. */
export interface StoredKey {
  readonly id: string
  /** Of the secret. */
  readonly digest: string
  /** How the secret begins, to know it again. */
  readonly hint: string
  readonly name: string
  readonly owner: string
  readonly role: string
  /** What may be seen; null for everything. */
  readonly scope: readonly unknown[] | null
  readonly created_at: Date
  readonly expires_at: Date
  readonly revoked_at: Date | null
  readonly last_used_at: Date | null
}

/** Keys of the API. All reject with `store_unavailable`. */
export interface ApiKeyStore {
  /** False when the owner has a key of this name that is good, or as many as one may have. */
  add(key: StoredKey, most: number): Promise<boolean>
  find(by: { readonly digest: string } | { readonly id: string }): Promise<StoredKey | undefined>
  /** Of everybody, or of one owner; the newest first. */
  list(owner: string | null): Promise<readonly StoredKey[]>
  /** False when it is not there, or was revoked before. */
  revoke(id: string, at: Date): Promise<boolean>
  /** When keys were used last, by id. */
  used(times: ReadonlyMap<string, Date>): Promise<void>
  /** Forgets those that ended before. */
  prune(before: Date): Promise<void>
}

/** Keeps keys in a database. */
export function createApiKeyStore(db: Kysely<Tables>): ApiKeyStore {
  const write = writingTo(db)
  return {
    add: (key, most) => write('store a key', (transaction) => added(transaction, key, most)),
    find: (by) => attempt('read a key', () => found(db, by)),
    async list(owner) {
      const all = db.selectFrom('api_keys').selectAll().orderBy('created_at', 'desc').orderBy('id')
      const own = owner === null ? all : all.where('owner', '=', owner)
      return (await attempt('read the keys', () => own.execute())).map(keyOf)
    },
    revoke: (id, at) =>
      write('revoke a key', async (transaction) => {
        const { numUpdatedRows: done } = await transaction
          .updateTable('api_keys')
          .set({ revoked_at: at.toISOString() })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .executeTakeFirstOrThrow()
        return done > 0n
      }),
    used: (times) => write('note the use of keys', (transaction) => noted(transaction, times)),
    prune: (before) =>
      write('forget old keys', async (transaction) => {
        const time = before.toISOString()
        await transaction
          .deleteFrom('api_keys')
          .where((where) =>
            where.or([where('expires_at', '<', time), where('revoked_at', '<', time)]),
          )
          .execute()
      }),
  }
}

async function added(
  transaction: Transaction<Tables>,
  key: StoredKey,
  most: number,
): Promise<boolean> {
  const now = key.created_at.toISOString()
  // A name is free again when its key has ended.
  await transaction
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('owner', '=', key.owner)
    .where('expires_at', '<=', now)
    .where('revoked_at', 'is', null)
    .execute()
  const { good } = await transaction
    .selectFrom('api_keys')
    .select(({ fn }) => fn.countAll<number | string | bigint>().as('good'))
    .where('owner', '=', key.owner)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (Number(good) >= most) return false
  const { numInsertedOrUpdatedRows: made } = await transaction
    .insertInto('api_keys')
    .values(rowOf(key))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return made === 1n
}

async function found(
  db: Kysely<Tables>,
  by: { readonly digest: string } | { readonly id: string },
): Promise<StoredKey | undefined> {
  const all = db.selectFrom('api_keys').selectAll()
  const one = 'id' in by ? all.where('id', '=', by.id) : all.where('digest', '=', by.digest)
  const row = await one.executeTakeFirst()
  return row && keyOf(row)
}

/** Several servers note what they saw; the latest counts. */
async function noted(
  transaction: Transaction<Tables>,
  times: ReadonlyMap<string, Date>,
): Promise<void> {
  for (const [id, time] of times)
    await transaction
      .updateTable('api_keys')
      .set({ last_used_at: time.toISOString() })
      .where('id', '=', id)
      .where((where) =>
        where.or([
          where('last_used_at', 'is', null),
          where('last_used_at', '<', time.toISOString()),
        ]),
      )
      .execute()
}

type Row = Selectable<Tables['api_keys']>

const rowOf = (key: StoredKey): Row => ({
  ...key,
  scope: key.scope && JSON.stringify(key.scope),
  created_at: key.created_at.toISOString(),
  expires_at: key.expires_at.toISOString(),
  revoked_at: key.revoked_at?.toISOString() ?? null,
  last_used_at: key.last_used_at?.toISOString() ?? null,
})

const keyOf = (row: Row): StoredKey => ({
  ...row,
  // Only we write it.
  scope: row.scope === null ? null : (JSON.parse(row.scope) as readonly unknown[]),
  created_at: new Date(row.created_at),
  expires_at: new Date(row.expires_at),
  revoked_at: row.revoked_at === null ? null : new Date(row.revoked_at),
  last_used_at: row.last_used_at === null ? null : new Date(row.last_used_at),
})
