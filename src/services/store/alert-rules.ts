import type { Kysely, Selectable, Transaction } from 'kysely'
import { KCloudError } from '../../kernel/errors.ts'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import type { Versioned } from './scaling-policies.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** Who made a rule: somebody by the API, or the file of the deployment. */
export type RuleOrigin = 'api' | 'file'

export interface NewAlertRule {
  readonly id: string
  readonly spec: JsonObject
  readonly origin: RuleOrigin
  readonly created_by: string
  readonly at: Date
}

/** A rule with what it has seen. */
export interface StoredAlertRule {
  readonly id: string
  /** Grows with each change of the rule. */
  readonly version: number
  readonly spec: JsonObject
  readonly origin: RuleOrigin
  readonly state: JsonObject
  /** Grows with each evaluation. */
  readonly state_version: number
  readonly created_by: string
  readonly created_at: Date
  readonly updated_at: Date
}

/** The rules of alerts. All reject with `store_unavailable`. */
export interface AlertRuleStore {
  /** In the order of their ids. */
  list(): Promise<readonly StoredAlertRule[]>
  find(id: string): Promise<StoredAlertRule | null>
  /** Rejects with `ambiguous` when the id is taken, and with `unprocessable` when there are so many already. */
  add(rule: NewAlertRule, most: number): Promise<StoredAlertRule>
  /** False when there is none of this version. */
  change(which: Versioned, change: RuleChange): Promise<boolean>
  /** False when there is none of this version. What is still to be delivered is delivered. */
  remove(which: Versioned): Promise<boolean>
}

export interface RuleChange {
  readonly spec: JsonObject
  readonly origin: RuleOrigin
  readonly at: Date
}

/** Keeps rules in a database. */
export function createAlertRuleStore(db: Kysely<Tables>): AlertRuleStore {
  const write = writingTo(db)
  return {
    list: () =>
      attempt('read the alert rules', async () => {
        const rows = await db.selectFrom('alert_rules').selectAll().orderBy('id').execute()
        return rows.map(ruleOf)
      }),
    find: (id) =>
      attempt('read an alert rule', async () => {
        const query = db.selectFrom('alert_rules').selectAll().where('id', '=', id)
        const row = await query.executeTakeFirst()
        return row === undefined ? null : ruleOf(row)
      }),
    add: (rule, most) =>
      write('store an alert rule', (transaction) => added(transaction, rule, most)),
    change: (which, change) =>
      write('change an alert rule', (transaction) => changed(transaction, which, change)),
    remove: ({ id, version }) =>
      write('remove an alert rule', async (transaction) => {
        const known = transaction.deleteFrom('alert_rules').where('id', '=', id)
        const asked = version === null ? known : known.where('version', '=', version)
        const { numDeletedRows: done } = await asked.executeTakeFirstOrThrow()
        return done > 0n
      }),
  }
}

async function added(
  transaction: Transaction<Tables>,
  { id, spec, origin, created_by: user, at }: NewAlertRule,
  most: number,
): Promise<StoredAlertRule> {
  const time = at.toISOString()
  const row = {
    id,
    version: 1,
    spec: JSON.stringify(spec),
    origin,
    state: '{}',
    state_version: 1,
    created_by: user,
    created_at: time,
    updated_at: time,
  }
  const { count } = await transaction
    .selectFrom('alert_rules')
    .select(({ fn }) => fn.countAll<number | string | bigint>().as('count'))
    .executeTakeFirstOrThrow()
  if (Number(count) >= most)
    throw new KCloudError('unprocessable', { detail: `there are ${most} alert rules already` })
  const { numInsertedOrUpdatedRows: made } = await transaction
    .insertInto('alert_rules')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  if (made === 1n) return ruleOf(row)
  throw new KCloudError('ambiguous', {
    detail: `there is an alert rule called ${id} already`,
    errors: [{ pointer: '/body/name', detail: 'is taken' }],
    candidates: [id],
  })
}

async function changed(
  transaction: Transaction<Tables>,
  { id, version }: Versioned,
  { spec, origin, at }: RuleChange,
): Promise<boolean> {
  const known = transaction
    .updateTable('alert_rules')
    .set((set) => ({
      spec: JSON.stringify(spec),
      origin,
      version: set('version', '+', 1),
      // An evaluation that is under way was made by the old rule.
      state_version: set('state_version', '+', 1),
      updated_at: at.toISOString(),
    }))
    .where('id', '=', id)
  const asked = version === null ? known : known.where('version', '=', version)
  const { numUpdatedRows: done } = await asked.executeTakeFirstOrThrow()
  return done > 0n
}

function ruleOf(row: Selectable<Tables['alert_rules']>): StoredAlertRule {
  return {
    id: row.id,
    version: row.version,
    // Only we write them.
    spec: JSON.parse(row.spec) as JsonObject,
    origin: row.origin as RuleOrigin,
    state: JSON.parse(row.state) as JsonObject,
    state_version: row.state_version,
    created_by: row.created_by,
    created_at: new Date(row.created_at),
    updated_at: new Date(row.updated_at),
  }
}
