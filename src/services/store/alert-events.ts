import type { Kysely, Selectable, Transaction } from 'kysely'
import type { KeptPage } from '../../kernel/page.ts'
import type { NewAlertDelivery } from './alert-deliveries.ts'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import { outboxRow } from './outbox.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** Something that befell a group of a rule. */
export interface StoredAlertEvent {
  readonly id: string
  readonly rule_id: string
  readonly at: Date
  readonly kind: string
  readonly alert_id: string
  readonly severity: string
  readonly body: JsonObject
}

/** What is kept of an evaluation: all of it, or nothing. */
export interface NewEvaluation {
  readonly ruleId: string
  /** The state that it began from, and the one that it leads to; null for a rule that is no more. */
  readonly state: { readonly version: number; readonly next: JsonObject } | null
  readonly events: readonly StoredAlertEvent[]
  readonly deliveries: readonly NewAlertDelivery[]
  readonly at: Date
}

export interface AlertEventFilter {
  readonly ruleId?: string | undefined
  readonly alertId?: string | undefined
  readonly kinds?: readonly string[] | undefined
  readonly severities?: readonly string[] | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
}

/** What befell. All reject with `store_unavailable`. */
export interface AlertEventStore {
  /** False when the rule is not in the state any more that the evaluation began from: then nothing is kept. */
  note(evaluation: NewEvaluation): Promise<boolean>
  list(
    filter: AlertEventFilter,
    page: KeptPage,
  ): Promise<{ readonly events: readonly StoredAlertEvent[]; readonly total: number }>
  /** Forgets what is older, and what was delivered of it. */
  prune(before: Date): Promise<void>
}

/** Keeps events in a database. */
export function createAlertEventStore(db: Kysely<Tables>): AlertEventStore {
  const write = writingTo(db)
  return {
    note: (evaluation) =>
      write('store an evaluation', (transaction) => noted(transaction, evaluation)),
    list: (filter, page) => attempt('read the alert events', () => listed(db, filter, page)),
    prune: (before) =>
      write('forget old alert events', async (transaction) => {
        const time = before.toISOString()
        await transaction.deleteFrom('alert_events').where('at', '<', time).execute()
        await transaction
          .deleteFrom('alert_deliveries')
          .where('state', '!=', 'waiting')
          .where('created_at', '<', time)
          .execute()
      }),
  }
}

async function noted(
  transaction: Transaction<Tables>,
  { ruleId, state, events, deliveries, at }: NewEvaluation,
): Promise<boolean> {
  if (state !== null && !(await kept(transaction, ruleId, state))) return false
  const time = at.toISOString()
  for (const event of events)
    await transaction
      .insertInto('alert_events')
      .values({ ...event, at: event.at.toISOString(), body: JSON.stringify(event.body) })
      .execute()
  for (const { id, receiver, body, problem } of deliveries) {
    const given = problem === null ? {} : { state: 'failed', problem, settled_at: time }
    await transaction
      .insertInto('alert_deliveries')
      .values({ ...outboxRow(id, body, time), ...given, rule_id: ruleId, receiver })
      .execute()
  }
  return true
}

async function kept(
  transaction: Transaction<Tables>,
  ruleId: string,
  { version, next }: NonNullable<NewEvaluation['state']>,
): Promise<boolean> {
  const { numUpdatedRows: done } = await transaction
    .updateTable('alert_rules')
    .set({ state: JSON.stringify(next), state_version: version + 1 })
    .where('id', '=', ruleId)
    .where('state_version', '=', version)
    .executeTakeFirstOrThrow()
  return done > 0n
}

async function listed(
  db: Kysely<Tables>,
  filter: AlertEventFilter,
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

function filtered(db: Kysely<Tables>, filter: AlertEventFilter) {
  const { ruleId, alertId, kinds, severities, from, until } = filter
  let found = db.selectFrom('alert_events')
  if (ruleId !== undefined) found = found.where('rule_id', '=', ruleId)
  if (alertId !== undefined) found = found.where('alert_id', '=', alertId)
  if (kinds !== undefined) found = found.where('kind', 'in', [...kinds])
  if (severities !== undefined) found = found.where('severity', 'in', [...severities])
  if (from !== undefined) found = found.where('at', '>=', from.toISOString())
  return until === undefined ? found : found.where('at', '<', until.toISOString())
}

function eventOf(row: Selectable<Tables['alert_events']>): StoredAlertEvent {
  // Only we write it.
  return { ...row, at: new Date(row.at), body: JSON.parse(row.body) as JsonObject }
}
