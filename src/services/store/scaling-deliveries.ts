import type { Kysely } from 'kysely'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import { createOutbox, outboxItemOf, type Outbox, type OutboxItem } from './outbox.ts'
import type { Tables } from './tables.ts'

export type DeliveryKind = 'webhook' | 'kubernetes'

/** Something that a decision has to do outside. */
export interface NewDelivery {
  /** The same however often it is attempted. */
  readonly id: string
  readonly kind: DeliveryKind
  readonly body: JsonObject
}

export interface Delivery extends OutboxItem {
  readonly kind: DeliveryKind
  readonly policy_id: string
}

/** What decisions have to do outside. All reject with `store_unavailable`. */
export interface DeliveryStore extends Outbox<Delivery> {
  /** Whether its policy has changed something again since. */
  isReplaced(delivery: Pick<Delivery, 'policy_id' | 'created_at'>): Promise<boolean>
}

/** Keeps deliveries in a database. */
export function createDeliveryStore(db: Kysely<Tables>): DeliveryStore {
  return {
    ...createOutbox(db, {
      table: 'scaling_deliveries',
      itemOf: (row): Delivery => ({
        ...outboxItemOf(row),
        policy_id: row.policy_id,
        // Only we write it.
        kind: row.kind as DeliveryKind,
      }),
    }),
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
