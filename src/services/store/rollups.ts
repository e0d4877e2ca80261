import type { ExpressionBuilder, Kysely, Transaction } from 'kysely'
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

/** What is added at once: one cluster over one interval. */
export interface RollupBatch {
  readonly cluster: string
  readonly end: Date
  readonly rows: readonly Rollup[]
}

export interface RollupQuestion {
  readonly from: Date
  readonly until: Date
  readonly where?: RollupFilter
  readonly most?: number
}

/** Those of which everything is so that is given. */
export interface RollupFilter {
  readonly kind?: string | undefined
  readonly clusters?: readonly string[] | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** Those of these clusters alone; with namespaces, the workloads in them. */
  readonly seen?: readonly SeenCluster[] | undefined
}

export interface SeenCluster {
  readonly cluster: string
  /** Null for everything of it. */
  readonly namespaces: readonly string[] | null
}

/** Hourly sums of collected power. All reject with `store_unavailable`. */
export interface RollupStore {
  /** Adds a batch, unless that interval of its cluster is in the sums already, whoever added it. */
  add(batch: RollupBatch): Promise<void>
  /** Those whose hour begins in a half-open stretch of time, in order: all, or at most so many of those that are asked for. */
  list(question: RollupQuestion): Promise<readonly Rollup[]>
  /** Ends those of hours and intervals before a time. */
  forget(before: Date): Promise<void>
}

/** Keeps them in a database. */
export function createRollupStore(db: Kysely<Tables>): RollupStore {
  return {
    add: (batch) =>
      attempt('store collected power', () =>
        db.transaction().execute((transaction) => addBatch(transaction, batch)),
      ),
    async list(question) {
      const rows = await attempt('read collected power', () => selected(db, question).execute())
      return rows.map((row) => ({ ...row, hour: new Date(row.hour) }))
    },
    async forget(before) {
      const time = before.toISOString()
      await attempt('end old collected power', () =>
        db.transaction().execute(async (transaction) => {
          await transaction.deleteFrom('power_rollups').where('hour', '<', time).execute()
          await transaction.deleteFrom('collected_batches').where('batch', '<', time).execute()
        }),
      )
    },
  }
}

function selected(db: Kysely<Tables>, { from, until, where = {}, most }: RollupQuestion) {
  const { clusters } = where
  const inOrder = db
    .selectFrom('power_rollups')
    .selectAll()
    .where('hour', '>=', from.toISOString())
    .where('hour', '<', until.toISOString())
    .orderBy('hour')
    .orderBy('kind')
    .orderBy('cluster')
    .orderBy('namespace')
    .orderBy('name')
  const named = (['kind', 'namespace', 'name'] as const).reduce((query, column) => {
    const value = where[column]
    return value === undefined ? query : query.where(column, '=', value)
  }, inOrder)
  const own = clusters === undefined ? named : named.where('cluster', 'in', [...clusters])
  const seen = where.seen === undefined ? own : own.where(isSeen(where.seen))
  return most === undefined ? seen : seen.limit(most)
}

const isSeen = (seen: readonly SeenCluster[]) => (eb: ExpressionBuilder<Tables, 'power_rollups'>) =>
  eb.or(
    seen.map(({ cluster, namespaces }) =>
      namespaces === null
        ? eb('cluster', '=', cluster)
        : eb.and([
            eb('cluster', '=', cluster),
            eb('kind', '=', 'workload'),
            eb('namespace', 'in', [...namespaces]),
          ]),
    ),
  )

/** Rows of one statement: engines allow so many parameters and no more. */
const AT_ONCE = 100

async function addBatch(
  transaction: Transaction<Tables>,
  { cluster, end, rows }: RollupBatch,
): Promise<void> {
  const { numInsertedOrUpdatedRows: added } = await transaction
    .insertInto('collected_batches')
    .values({ cluster, batch: end.toISOString() })
    .onConflict((conflict) => conflict.columns(['cluster', 'batch']).doNothing())
    .executeTakeFirstOrThrow()
  if (added === 0n) return
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
