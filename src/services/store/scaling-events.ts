import type { Kysely, Selectable, Transaction } from 'kysely'
import type { KeptPage } from '../../kernel/page.ts'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import { outboxRow } from './outbox.ts'
import type { NewDelivery } from './scaling-deliveries.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** One decision, with everything that it rests on. */
export interface StoredScalingEvent {
  readonly id: string
  readonly policy_id: string
  readonly at: Date
  readonly action: string
  readonly rule: string
  readonly body: JsonObject
}

/** What is kept of a decision: all of it, or nothing. */
export interface NewDecision {
  readonly event: StoredScalingEvent
  /** The state that the decision began from, and the one that it leads to. */
  readonly stateVersion: number
  readonly state: JsonObject
  /** What is to be done outside. */
  readonly deliveries: readonly NewDelivery[]
}

export interface EventFilter {
  readonly policyId?: string | undefined
  readonly actions?: readonly string[] | undefined
  readonly rules?: readonly string[] | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
}

/** The decisions. All reject with `store_unavailable`. */
export interface ScalingEventStore {
  /** False when the policy is not in the state any more that the decision began from: then nothing is kept. */
  note(decision: NewDecision): Promise<boolean>
  list(
    filter: EventFilter,
    page: KeptPage,
  ): Promise<{ readonly events: readonly StoredScalingEvent[]; readonly total: number }>
  /** Forgets what is older: of decisions that changed nothing, and of all. */
  prune(before: { readonly holds: Date; readonly all: Date }): Promise<void>
}

/** Keeps decisions in a database. */
export function createScalingEventStore(db: Kysely<Tables>): ScalingEventStore {
  const write = writingTo(db)
  return {
    note: (decision) => write('store a decision', (transaction) => noted(transaction, decision)),
    list: (filter, page) => attempt('read the scaling events', () => listed(db, filter, page)),
    prune: ({ holds, all }) =>
      write('forget old scaling events', async (transaction) => {
        await transaction.deleteFrom('scaling_events').where('at', '<', all.toISOString()).execute()
        await transaction
          .deleteFrom('scaling_events')
          .where('at', '<', holds.toISOString())
          .where('action', '=', 'hold')
          .execute()
        await transaction
          .deleteFrom('scaling_deliveries')
          .where('state', '!=', 'waiting')
          .where('created_at', '<', all.toISOString())
          .execute()
      }),
  }
}

async function noted(
  transaction: Transaction<Tables>,
  { event, stateVersion, state, deliveries }: NewDecision,
): Promise<boolean> {
  const { numUpdatedRows: done } = await transaction
    .updateTable('scaling_policies')
    .set({ state: JSON.stringify(state), state_version: stateVersion + 1 })
    .where('id', '=', event.policy_id)
    .where('state_version', '=', stateVersion)
    .executeTakeFirstOrThrow()
  if (done === 0n) return false
  const at = event.at.toISOString()
  await transaction
    .insertInto('scaling_events')
    .values({ ...event, at, body: JSON.stringify(event.body) })
    .execute()
  for (const { id, kind, body } of deliveries)
    await transaction
      .insertInto('scaling_deliveries')
      .values({ ...outboxRow(id, body, at), policy_id: event.policy_id, kind })
      .execute()
  return true
}

async function listed(
  db: Kysely<Tables>,
  filter: EventFilter,
  { limit, offset, newestFirst }: KeptPage,
) {
  const found = filtered(db, filter)
  const { total } = await found
    .select(({ fn }) => fn.countAll<number | string | bigint>().as('total'))
    .executeTakeFirstOrThrow()
  const direction = newestFirst ? 'desc' : 'asc'
  const rows = await found
    .selectAll()
    .orderBy('at', direction)
    .orderBy('id', direction)
    .limit(limit)
    .offset(offset)
    .execute()
  return { events: rows.map(eventOf), total: Number(total) }
}

function filtered(db: Kysely<Tables>, { policyId, actions, rules, from, until }: EventFilter) {
  let found = db.selectFrom('scaling_events')
  if (policyId !== undefined) found = found.where('policy_id', '=', policyId)
  if (actions !== undefined) found = found.where('action', 'in', [...actions])
  if (rules !== undefined) found = found.where('rule', 'in', [...rules])
  if (from !== undefined) found = found.where('at', '>=', from.toISOString())
  return until === undefined ? found : found.where('at', '<', until.toISOString())
}

function eventOf(row: Selectable<Tables['scaling_events']>): StoredScalingEvent {
  // Only we write it.
  return { ...row, at: new Date(row.at), body: JSON.parse(row.body) as JsonObject }
}
