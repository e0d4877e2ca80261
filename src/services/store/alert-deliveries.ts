import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import {
  createOutbox,
  outboxItemOf,
  type DeliveryState,
  type Outbox,
  type OutboxItem,
} from './outbox.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** Something that a receiver is to be told. */
export interface NewAlertDelivery {
  /** The same however often it is attempted. */
  readonly id: string
  readonly receiver: string
  readonly body: JsonObject
  /** Why it is given up without an attempt; null for what is to be attempted. */
  readonly problem: string | null
}

export interface AlertDelivery extends OutboxItem {
  readonly rule_id: string
  readonly receiver: string
}

export interface AlertDeliveryFilter {
  readonly ruleId?: string | undefined
  readonly receiver?: string | undefined
  readonly states?: readonly DeliveryState[] | undefined
}

/** What receivers are told. All reject with `store_unavailable`. */
export interface AlertDeliveryStore extends Outbox<AlertDelivery> {
  /** The newest first. */
  list(
    filter: AlertDeliveryFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly deliveries: readonly AlertDelivery[]; readonly total: number }>
  /** How many wait for each receiver, and since when the oldest does. */
  waiting(): Promise<ReadonlyMap<string, { readonly count: number; readonly since: Date }>>
  /** Tries something again that was given up. False when there is no such thing. */
  retry(id: string, at: Date): Promise<boolean>
}

/** Keeps deliveries in a database. */
export function createAlertDeliveryStore(db: Kysely<Tables>): AlertDeliveryStore {
  const write = writingTo(db)
  return {
    ...createOutbox(db, {
      table: 'alert_deliveries',
      itemOf: (row): AlertDelivery => ({
        ...outboxItemOf(row),
        rule_id: row.rule_id,
        receiver: row.receiver,
      }),
      due: inOrder,
    }),
    list: (filter, page) => attempt('read the deliveries', () => listed(db, filter, page)),
    waiting: () => attempt('count the deliveries', () => counted(db)),
    retry: (id, at) =>
      write('try a delivery again', async (transaction) => {
        const { numUpdatedRows: done } = await transaction
          .updateTable('alert_deliveries')
          .set({ state: 'waiting', attempts: 0, next_at: at.toISOString(), settled_at: null })
          .where('id', '=', id)
          .where('state', '=', 'failed')
          .executeTakeFirstOrThrow()
        return done > 0n
      }),
  }
}

type Deliveries = SelectQueryBuilder<Tables, 'alert_deliveries', Tables['alert_deliveries']>

/** What a receiver is told of a rule comes in its order: that an alert is over never comes before it began. */
function inOrder(query: Deliveries): Deliveries {
  return query.where((where) =>
    where.not(
      where.exists(
        where
          .selectFrom('alert_deliveries as earlier')
          .select('earlier.id')
          .whereRef('earlier.rule_id', '=', 'alert_deliveries.rule_id')
          .whereRef('earlier.receiver', '=', 'alert_deliveries.receiver')
          .whereRef('earlier.created_at', '<', 'alert_deliveries.created_at')
          .where('earlier.state', '=', 'waiting'),
      ),
    ),
  )
}

async function listed(
  db: Kysely<Tables>,
  { ruleId, receiver, states }: AlertDeliveryFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
) {
  let found = db.selectFrom('alert_deliveries')
  if (ruleId !== undefined) found = found.where('rule_id', '=', ruleId)
  if (receiver !== undefined) found = found.where('receiver', '=', receiver)
  if (states !== undefined) found = found.where('state', 'in', [...states])
  const { total } = await found
    .select(({ fn }) => fn.countAll<number | string | bigint>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await found
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute()
  const deliveries = rows.map((row) => ({
    ...outboxItemOf(row),
    rule_id: row.rule_id,
    receiver: row.receiver,
  }))
  return { deliveries, total: Number(total) }
}

async function counted(db: Kysely<Tables>) {
  const rows = await db
    .selectFrom('alert_deliveries')
    .select(({ fn }) => [
      'receiver',
      fn.countAll<number | string | bigint>().as('count'),
      fn.min('created_at').as('since'),
    ])
    .where('state', '=', 'waiting')
    .groupBy('receiver')
    .execute()
  return new Map(
    rows.map(({ receiver, count, since }) => [
      receiver,
      { count: Number(count), since: new Date(since) },
    ]),
  )
}
