import type { Kysely, Transaction } from 'kysely'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'

/** Energy and cost of one thing in one hour, to be added to what is there. */
export interface Rollup {
  readonly hour: Date
  readonly kind: string
  readonly cluster: string
  /** Empty for what is in none. */
  readonly namespace: string
  readonly name: string
  readonly covered_seconds: number
  readonly energy_joules: number
  readonly cost: number
  /** Empty where nothing is known of costs. */
  readonly currency: string
}

/** What one collector adds at once. */
export interface RollupBatch {
  readonly collector: string
  /** Each batch of a collector has a higher number than those before. */
  readonly batch: number
  readonly rows: readonly Rollup[]
}

/** Hourly sums of collected power. All reject with `store_unavailable`. */
export interface RollupStore {
  /** Adds a batch, unless it or a later one of its collector was added before. */
  add(batch: RollupBatch): Promise<void>
  /** Those whose hour begins in a half-open stretch of time, in order. */
  list(span: { readonly from: Date; readonly until: Date }): Promise<readonly Rollup[]>
}

/** Keeps them in a database. */
export function createRollupStore(db: Kysely<Tables>): RollupStore {
  return {
    add: (batch) =>
      attempt('store collected power', () =>
        db.transaction().execute((transaction) => addBatch(transaction, batch)),
      ),
    async list({ from, until }) {
      const rows = await attempt('read collected power', () =>
        db
          .selectFrom('power_rollups')
          .selectAll()
          .where('hour', '>=', from.toISOString())
          .where('hour', '<', until.toISOString())
          .orderBy('hour')
          .orderBy('kind')
          .orderBy('cluster')
          .orderBy('namespace')
          .orderBy('name')
          .execute(),
      )
      return rows.map((row) => ({ ...row, hour: new Date(row.hour) }))
    },
  }
}

/** Rows of one statement: engines allow so many parameters and no more. */
const AT_ONCE = 100

async function addBatch(
  transaction: Transaction<Tables>,
  { collector, batch, rows }: RollupBatch,
): Promise<void> {
  const { numInsertedOrUpdatedRows: advanced } = await transaction
    .insertInto('collector_positions')
    .values({ collector, batch: String(batch).padStart(16, '0') })
    .onConflict((conflict) =>
      conflict
        .column('collector')
        .doUpdateSet((set) => ({ batch: set.ref('excluded.batch') }))
        .whereRef('collector_positions.batch', '<', 'excluded.batch'),
    )
    .executeTakeFirstOrThrow()
  if (advanced === 0n) return
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await addRows(transaction, rows.slice(from, from + AT_ONCE))
}

async function addRows(transaction: Transaction<Tables>, rows: readonly Rollup[]): Promise<void> {
  await transaction
    .insertInto('power_rollups')
    .values(rows.map((row) => ({ ...row, hour: row.hour.toISOString() })))
    .onConflict((conflict) =>
      conflict
        .columns(['hour', 'kind', 'cluster', 'namespace', 'name', 'currency'])
        .doUpdateSet((set) => ({
          covered_seconds: set(
            'power_rollups.covered_seconds',
            '+',
            set.ref('excluded.covered_seconds'),
          ),
          energy_joules: set('power_rollups.energy_joules', '+', set.ref('excluded.energy_joules')),
          cost: set('power_rollups.cost', '+', set.ref('excluded.cost')),
        })),
    )
    .execute()
}
