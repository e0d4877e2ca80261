import type { Kysely, Selectable, SelectQueryBuilder, Transaction } from 'kysely'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import type { Lease } from './jobs.ts'
import type { OutboxRow, Tables } from './tables.ts'
import { writingTo } from './writing.ts'

export type DeliveryState = 'waiting' | 'delivered' | 'failed'

/** Something that is to be done outside, whatever it is about. */
export interface OutboxItem {
  /** The same however often it is attempted. */
  readonly id: string
  readonly body: JsonObject
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
export interface Outbox<Item> {
  find(ids: readonly string[]): Promise<readonly Item[]>
  /** The one that is due for longest, which is now this owner's; null where none is. It counts as attempted. */
  take(lease: Lease): Promise<Item | null>
  /** False when it is no longer this owner's. */
  settle(id: string, lease: Pick<Lease, 'owner' | 'at'>, settled: Settled): Promise<boolean>
}

/** The tables of this shape: each has columns of its own beside those of the outbox. */
type OutboxTable = 'scaling_deliveries' | 'alert_deliveries'

type Due<Table extends OutboxTable> = (
  query: SelectQueryBuilder<Tables, Table, Selectable<Tables[Table]>>,
) => SelectQueryBuilder<Tables, Table, Selectable<Tables[Table]>>

interface OutboxOptions<Table extends OutboxTable, Item> {
  readonly table: Table
  readonly itemOf: (row: Selectable<Tables[Table]>) => Item
  /** Which of those that are due may be taken; all when left out. */
  readonly due?: Due<Table>
}

/** An outbox in a table of its own. */
export function createOutbox<Table extends OutboxTable, Item>(
  db: Kysely<Tables>,
  options: OutboxOptions<Table, Item>,
): Outbox<Item> {
  // The columns that are used here are those that all these tables have.
  const table = options.table as 'scaling_deliveries'
  const itemOf = options.itemOf as unknown as (row: ScalingRow) => Item
  const due = (options.due ?? ((query: unknown) => query)) as unknown as Due<'scaling_deliveries'>
  const write = writingTo(db)
  return {
    find: (ids) =>
      attempt('read the deliveries', async () => {
        if (ids.length === 0) return []
        const query = db
          .selectFrom(table)
          .selectAll()
          .where('id', 'in', [...ids])
        return (await query.execute()).map(itemOf)
      }),
    take: (lease) =>
      write('take a delivery', async (transaction) => {
        const row = await taken(transaction, { table, due }, lease)
        return row === null ? null : itemOf(row)
      }),
    settle: (id, lease, settled) =>
      write('settle a delivery', (transaction) =>
        settledAs(transaction, table, { id, lease, settled }),
      ),
  }
}

type ScalingRow = Selectable<Tables['scaling_deliveries']>

async function taken(
  transaction: Transaction<Tables>,
  { table, due }: { readonly table: 'scaling_deliveries'; readonly due: Due<'scaling_deliveries'> },
  { owner, at, until }: Lease,
): Promise<ScalingRow | null> {
  const moment = at.toISOString()
  const waiting = transaction
    .selectFrom(table)
    .selectAll()
    .where('state', '=', 'waiting')
    .where('next_at', '<=', moment)
    .where((where) =>
      where.or([where('lease_until', 'is', null), where('lease_until', '<', moment)]),
    )
  const row = await due(waiting).orderBy('next_at').orderBy('id').limit(1).executeTakeFirst()
  if (row === undefined) return null
  const attempts = row.attempts + 1
  const { numUpdatedRows: ours } = await transaction
    .updateTable(table)
    .set({ owner, lease_until: until.toISOString(), attempts })
    .where('id', '=', row.id)
    // Somebody else may have been faster since the row was read.
    .where('attempts', '=', row.attempts)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow()
  return ours > 0n ? { ...row, attempts } : null
}

interface Settling {
  readonly id: string
  readonly lease: Pick<Lease, 'owner' | 'at'>
  readonly settled: Settled
}

async function settledAs(
  transaction: Transaction<Tables>,
  table: 'scaling_deliveries',
  { id, lease, settled }: Settling,
): Promise<boolean> {
  const { numUpdatedRows: done } = await transaction
    .updateTable(table)
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

/** The columns that all outboxes have, as values. */
export function outboxItemOf(row: OutboxRow): OutboxItem {
  return {
    id: row.id,
    // Only we write them.
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

/** The columns of something that is to be attempted from a time on. */
export function outboxRow(id: string, body: JsonObject, at: string): OutboxRow {
  return {
    id,
    body: JSON.stringify(body),
    state: 'waiting',
    attempts: 0,
    next_at: at,
    problem: null,
    note: null,
    owner: null,
    lease_until: null,
    created_at: at,
    settled_at: null,
  }
}
