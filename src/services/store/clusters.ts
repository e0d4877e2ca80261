import type { Kysely, Selectable, Transaction } from 'kysely'
import { KCloudError } from '../../kernel/errors.ts'
import { attempt } from './failures.ts'
import type { Opened, Sealer } from './seal.ts'
import type { Tables } from './tables.ts'

/** What JSON can hold. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A cluster that was added at run time: what it is, and who added it when. */
export interface NewCluster {
  readonly name: string
  /** Lies in the clear. */
  readonly spec: JsonObject
  /** Lies sealed; null where there is none. */
  readonly secrets: JsonObject | null
  readonly added_by: string
  readonly added_at: Date
}

/** A cluster as it was saved, or what is left of it and why the rest cannot be read. */
export type StoredCluster =
  | (NewCluster & { readonly problem: null })
  | (Pick<NewCluster, 'name' | 'added_by' | 'added_at'> & { readonly problem: string })

/** The clusters that were added at run time. All reject with `store_unavailable`. */
export interface ClusterStore {
  /** In the order in which they were added. */
  list(): Promise<readonly StoredCluster[]>
  /** Rejects with `ambiguous` when the name is taken, and with `unprocessable` when secrets need a key. */
  save(cluster: NewCluster): Promise<void>
  /** Whether there was one. */
  remove(name: string): Promise<boolean>
}

/** Keeps clusters in a database. */
export function createClusterStore(db: Kysely<Tables>, sealer: Sealer): ClusterStore {
  const write = <Result>(
    what: string,
    change: (transaction: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result> => attempt(what, () => db.transaction().execute(change))
  return {
    async list() {
      const rows = await attempt('read the stored clusters', () =>
        db.selectFrom('clusters').selectAll().orderBy('added_at').orderBy('name').execute(),
      )
      return rows.map((row) => clusterOf(row, sealer))
    },
    async save(cluster) {
      const row = rowOf(cluster, sealer)
      const { numInsertedOrUpdatedRows: saved } = await write('store a cluster', (transaction) =>
        transaction
          .insertInto('clusters')
          .values(row)
          .onConflict((conflict) => conflict.column('name').doNothing())
          .executeTakeFirstOrThrow(),
      )
      if (saved === 0n) throw nameIsTaken(cluster.name)
    },
    async remove(name) {
      const { numDeletedRows: removed } = await write('remove a stored cluster', (transaction) =>
        transaction.deleteFrom('clusters').where('name', '=', name).executeTakeFirstOrThrow(),
      )
      return removed > 0n
    },
  }
}

type Row = Selectable<Tables['clusters']>
const NO_SECRETS: Opened = { text: 'null' }

function rowOf(cluster: NewCluster, sealer: Sealer): Row {
  const { name, secrets } = cluster
  const spec = JSON.stringify(cluster.spec)
  return {
    name,
    spec,
    secrets: secrets && sealer.seal(JSON.stringify(secrets), boundTo({ name, spec })),
    added_by: cluster.added_by,
    added_at: cluster.added_at.toISOString(),
  }
}

function clusterOf(row: Row, sealer: Sealer): StoredCluster {
  const known = { name: row.name, added_by: row.added_by, added_at: new Date(row.added_at) }
  const opened = row.secrets === null ? NO_SECRETS : sealer.open(row.secrets, boundTo(row))
  if (opened.problem !== undefined) return { ...known, problem: opened.problem }
  const spec = parse(row.spec)
  if (spec === null) return { ...known, problem: 'its description is not JSON' }
  return { ...known, spec, secrets: parse(opened.text), problem: null }
}

/** Secrets belong to one cluster as it was described: they cannot be sent to another address by changing a row. */
function boundTo({ name, spec }: Pick<Row, 'name' | 'spec'>): string {
  return `clusters\n${name}\n${spec}`
}

function parse(text: string): JsonObject | null {
  try {
    // What was saved is an object or null; whoever reads it checks what is in it.
    return JSON.parse(text) as JsonObject | null
  } catch {
    return null
  }
}

function nameIsTaken(name: string): KCloudError {
  return new KCloudError('ambiguous', {
    detail: `a cluster called ${name} is stored already`,
    candidates: [name],
  })
}
