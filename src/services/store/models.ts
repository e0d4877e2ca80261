import type { Kysely, Selectable, Transaction } from 'kysely'
import type { JsonObject } from './clusters.ts'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'

/** What was learnt, before it has a version. */
export interface NewModel {
  /** What it is for: `workload_type`. */
  readonly kind: string
  readonly created_at: Date
  readonly scores: JsonObject
  readonly body: JsonObject
  /** Why it is kept without being used; null to use it from now on. */
  readonly note: string | null
}

/** A version of a model, without the model. */
export interface ModelInfo extends Omit<NewModel, 'body'> {
  /** Counted from 1 for each kind. */
  readonly version: number
  readonly is_active: boolean
}

export interface StoredModel extends ModelInfo {
  readonly body: JsonObject
}

/** Models in versions. All reject with `store_unavailable`. */
export interface ModelStore {
  /** The newest first. */
  list(kind: string): Promise<readonly ModelInfo[]>
  /** The one in use; null when there is none. */
  active(kind: string): Promise<StoredModel | null>
  /** Keeps a new version and, without a note, uses it. Old ones that are not in use are forgotten. */
  save(model: NewModel): Promise<ModelInfo>
}

/** So many versions of a kind are kept. */
const MOST_VERSIONS = 10

/** Keeps models in a database. */
export function createModelStore(db: Kysely<Tables>): ModelStore {
  return {
    async list(kind) {
      const rows = await attempt('read the versions of a model', () =>
        db
          .selectFrom('models')
          .select(['kind', 'version', 'created_at', 'is_active', 'scores', 'note'])
          .where('kind', '=', kind)
          .orderBy('version', 'desc')
          .execute(),
      )
      return rows.map(infoOf)
    },
    async active(kind) {
      const row = await attempt('read a model', () =>
        db
          .selectFrom('models')
          .selectAll()
          .where('kind', '=', kind)
          .where('is_active', '=', 1)
          .orderBy('version', 'desc')
          .executeTakeFirst(),
      )
      return row === undefined ? null : { ...infoOf(row), body: JSON.parse(row.body) as JsonObject }
    },
    save: (model) =>
      attempt('store a model', () =>
        db.transaction().execute((transaction) => saveModel(transaction, model)),
      ),
  }
}

async function saveModel(transaction: Transaction<Tables>, model: NewModel): Promise<ModelInfo> {
  const { kind, created_at: time, scores, body, note } = model
  await waitForOthers(transaction)
  const { last } = await transaction
    .selectFrom('models')
    .select(({ fn }) => fn.max<number | null>('version').as('last'))
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow()
  const row = {
    kind,
    version: (last ?? 0) + 1,
    created_at: time.toISOString(),
    is_active: note === null ? 1 : 0,
    scores: JSON.stringify(scores),
    note,
    body: JSON.stringify(body),
  }
  if (note === null)
    await transaction.updateTable('models').set({ is_active: 0 }).where('kind', '=', kind).execute()
  await transaction.insertInto('models').values(row).execute()
  await transaction
    .deleteFrom('models')
    .where('kind', '=', kind)
    .where('is_active', '=', 0)
    .where('version', '<=', row.version - MOST_VERSIONS)
    .execute()
  return infoOf(row)
}

/**
 * Two servers may have trained at once, and the second is to see what the first has kept. A write to the same row of
 * our own table makes it wait, in both engines.
 */
async function waitForOthers(transaction: Transaction<Tables>): Promise<void> {
  await transaction
    .updateTable('kcloud_monitor_schema')
    .set((set) => ({ name: set.ref('name') }))
    .where('version', '=', 1)
    .execute()
}

function infoOf(row: Omit<Selectable<Tables['models']>, 'body'>): ModelInfo {
  return {
    kind: row.kind,
    version: row.version,
    created_at: new Date(row.created_at),
    is_active: row.is_active === 1,
    scores: JSON.parse(row.scores) as JsonObject,
    note: row.note,
  }
}
