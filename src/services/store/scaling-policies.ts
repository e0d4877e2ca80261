import type { Kysely, Selectable, Transaction } from 'kysely'
import { KCloudError } from '../../kernel/errors.ts'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** What a policy is to do, before it has done anything. */
export interface NewPolicy {
  readonly id: string
  readonly spec: JsonObject
  readonly created_by: string
  readonly at: Date
}

/** A policy with what it has done. */
export interface StoredPolicy {
  readonly id: string
  /** Grows with each change of what it is to do. */
  readonly version: number
  readonly spec: JsonObject
  readonly state: JsonObject
  /** Grows with each decision. */
  readonly state_version: number
  readonly created_by: string
  readonly created_at: Date
  readonly updated_at: Date
}

/** What is changed, if it is still at this version; whatever its version with null. */
export interface Versioned {
  readonly id: string
  readonly version: number | null
}

/** The policies. All reject with `store_unavailable`. */
export interface PolicyStore {
  /** In the order of their ids. */
  list(): Promise<readonly StoredPolicy[]>
  find(id: string): Promise<StoredPolicy | null>
  /** Rejects with `ambiguous` when the id is taken. */
  add(policy: NewPolicy): Promise<StoredPolicy>
  /** False when there is none of this version. What it has done is forgotten with `state`. */
  change(which: Versioned, change: PolicyChange): Promise<boolean>
  /** False when there is none of this version. What it still had to deliver is given up. */
  remove(which: Versioned, at: Date): Promise<boolean>
}

export interface PolicyChange {
  readonly spec: JsonObject
  readonly at: Date
}

/** Keeps policies in a database. */
export function createPolicyStore(db: Kysely<Tables>): PolicyStore {
  const write = writingTo(db)
  return {
    list: () =>
      attempt('read the scaling policies', async () => {
        const rows = await db.selectFrom('scaling_policies').selectAll().orderBy('id').execute()
        return rows.map(policyOf)
      }),
    find: (id) =>
      attempt('read a scaling policy', async () => {
        const row = await db
          .selectFrom('scaling_policies')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        return row === undefined ? null : policyOf(row)
      }),
    add: (policy) => write('store a scaling policy', (transaction) => added(transaction, policy)),
    change: (which, change) =>
      write('change a scaling policy', (transaction) => changed(transaction, which, change)),
    remove: (which, at) =>
      write('remove a scaling policy', (transaction) => removed(transaction, which, at)),
  }
}

async function added(
  transaction: Transaction<Tables>,
  { id, spec, created_by: user, at }: NewPolicy,
): Promise<StoredPolicy> {
  const time = at.toISOString()
  const row = {
    id,
    version: 1,
    spec: JSON.stringify(spec),
    state: '{}',
    state_version: 1,
    created_by: user,
    created_at: time,
    updated_at: time,
  }
  const { numInsertedOrUpdatedRows: made } = await transaction
    .insertInto('scaling_policies')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  if (made === 1n) return policyOf(row)
  throw new KCloudError('ambiguous', {
    detail: `there is a scaling policy called ${id} already`,
    errors: [{ pointer: '/body/name', detail: 'is taken' }],
    candidates: [id],
  })
}

async function changed(
  transaction: Transaction<Tables>,
  { id, version }: Versioned,
  { spec, at }: PolicyChange,
): Promise<boolean> {
  const known = transaction
    .updateTable('scaling_policies')
    .set((set) => ({
      spec: JSON.stringify(spec),
      version: set('version', '+', 1),
      // A decision that is under way was made by the old spec.
      state_version: set('state_version', '+', 1),
      updated_at: at.toISOString(),
    }))
    .where('id', '=', id)
  const asked = version === null ? known : known.where('version', '=', version)
  const { numUpdatedRows: done } = await asked.executeTakeFirstOrThrow()
  return done > 0n
}

async function removed(
  transaction: Transaction<Tables>,
  { id, version }: Versioned,
  at: Date,
): Promise<boolean> {
  const known = transaction.deleteFrom('scaling_policies').where('id', '=', id)
  const asked = version === null ? known : known.where('version', '=', version)
  const { numDeletedRows: done } = await asked.executeTakeFirstOrThrow()
  if (done === 0n) return false
  await transaction
    .updateTable('scaling_deliveries')
    .set({
      state: 'failed',
      problem: 'its policy was removed',
      settled_at: at.toISOString(),
      owner: null,
      lease_until: null,
    })
    .where('policy_id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
  return true
}

function policyOf(row: Selectable<Tables['scaling_policies']>): StoredPolicy {
  const { id, version, state_version: stateVersion, created_by: user } = row
  return {
    id,
    version,
    // Only we write them.
    spec: JSON.parse(row.spec) as JsonObject,
    state: JSON.parse(row.state) as JsonObject,
    state_version: stateVersion,
    created_by: user,
    created_at: new Date(row.created_at),
    updated_at: new Date(row.updated_at),
  }
}
