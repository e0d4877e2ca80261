import type { Kysely, Selectable, Transaction } from 'kysely'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import type { Lease } from './jobs.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

export type DeliveryKind = 'webhook' | 'kubernetes'
export type DeliveryState = 'waiting' | 'delivered' | 'failed'

/** Something that a decision has to do outside. */
export interface NewDelivery {
  /** The same however often it is attempted. */
  readonly id: string
  readonly kind: DeliveryKind
  readonly body: JsonObject
}

export interface Delivery extends NewDelivery {
  readonly policy_id: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly next_at: Date
  readonly problem: string | null
  /** What was done. */
  readonly note: string | null
  readonly created_at: Date
  readonly settled_at: Date | null
}

/** What has become of an attempt: done for good, or to be tried again. */
export type Settled =
  | {
      readonly state: Exclude<DeliveryState, 'waiting'>
      readonly problem: string | null
      readonly note?: string | null
    }
  | { readonly state: 'waiting'; readonly problem: string; readonly nextAt: Date }

/** What is to be done outside, until it is done. All reject with `store_unavailable`. */
export interface DeliveryStore {
  find(ids: readonly string[]): Promise<readonly Delivery[]>
  /** The one that is due for longest, which is now this owner's; null where none is. It counts as attempted. */
  take(lease: Lease): Promise<Delivery | null>
  /** False when it is no longer this owner's. */
  settle(id: string, lease: Pick<Lease, 'owner' | 'at'>, settled: Settled): Promise<boolean>
  /** Whether its policy has changed something again since. */
  isReplaced(delivery: Pick<Delivery, 'policy_id' | 'created_at'>): Promise<boolean>
}

/** Keeps deliveries in a database. */
export function createDeliveryStore(db: Kysely<Tables>): DeliveryStore {
  const write = writingTo(db)
  return {
    find: (ids) =>
      attempt('read the deliveries', async () => {
        if (ids.length === 0) return []
        const rows = await db
          .selectFrom('scaling_deliveries')
          .selectAll()
          .where('id', 'in', [...ids])
          .execute()
        return rows.map(deliveryOf)
      }),
    take: (lease) => write('take a delivery', (transaction) => taken(transaction, lease)),
    settle: (id, lease, settled) =>
      write('settle a delivery', (transaction) => settledAs(transaction, { id, lease, settled })),
    isReplaced: ({ policy_id: policy, created_at: at }) =>
      attempt('read the deliveries', async () => {
        const newer = await db
          .selectFrom('scaling_deliveries')
          .select('id')
          .where('policy_id', '=', policy)
          .where('created_at', '>', at.toISOString())
          .limit(1)
          .executeTakeFirst()
        return newer !== undefined
      }),
  }
}

async function taken(
  transaction: Transaction<Tables>,
  { owner, at, until }: Lease,
): Promise<Delivery | null> {
  const moment = at.toISOString()
  const row = await transaction
    .selectFrom('scaling_deliveries')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('next_at', '<=', moment)
    .where((where) =>
      where.or([where('lease_until', 'is', null), where('lease_until', '<', moment)]),
    )
    .orderBy('next_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  const attempts = row.attempts + 1
  const { numUpdatedRows: ours } = await transaction
    .updateTable('scaling_deliveries')
    .set({ owner, lease_until: until.toISOString(), attempts })
    .where('id', '=', row.id)
    // Somebody else may have been faster since the row was read.
    .where('attempts', '=', row.attempts)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow()
  return ours > 0n ? deliveryOf({ ...row, attempts }) : null
}

interface Settling {
  readonly id: string
  readonly lease: Pick<Lease, 'owner' | 'at'>
  readonly settled: Settled
}

async function settledAs(
  transaction: Transaction<Tables>,
  { id, lease, settled }: Settling,
): Promise<boolean> {
  const { numUpdatedRows: done } = await transaction
    .updateTable('scaling_deliveries')
    .set({
      state: settled.state,
      problem: settled.problem,
      owner: null,
      lease_until: null,
      ...(settled.state === 'waiting'
        ? { next_at: settled.nextAt.toISOString() }
        : { settled_at: lease.at.toISOString(), note: settled.note ?? null }),
    })
    .where('id', '=', id)
    .where('owner', '=', lease.owner)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow()
  return done > 0n
}

function deliveryOf(row: Selectable<Tables['scaling_deliveries']>): Delivery {
  return {
    id: row.id,
    policy_id: row.policy_id,
    // Only we write them.
    kind: row.kind as DeliveryKind,
    state: row.state as DeliveryState,
    body: JSON.parse(row.body) as JsonObject,
    attempts: row.attempts,
    next_at: new Date(row.next_at),
    problem: row.problem,
    note: row.note,
    created_at: new Date(row.created_at),
    settled_at: row.settled_at === null ? null : new Date(row.settled_at),
  }
}
