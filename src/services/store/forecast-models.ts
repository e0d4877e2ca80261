import type { Kysely, Transaction } from 'kysely'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'

/** `written` is complete; `rejected` did not pass the gate; `pending` was interrupted while it was written. */
export type VersionStatus = 'pending' | 'written' | 'rejected'

/** One version of a model. Its weights are read apart. */
export interface StoredVersion {
  readonly model_id: string
  readonly version: number
  readonly status: VersionStatus
  /** JSON. */
  readonly manifest: string
  readonly created_at: Date
}

export interface StoredForecastModel {
  readonly id: string
  /** JSON: what the model forecasts. */
  readonly target: string
  readonly active_version: number | null
  /** The oldest first. */
  readonly versions: readonly StoredVersion[]
}

export interface NewVersion {
  readonly modelId: string
  readonly target: string
  /** The job that made it: a job makes one version, however often it is carried out. */
  readonly jobId: string
  readonly manifest: string
  /** Base64; null where they lie elsewhere. */
  readonly weights: string | null
  readonly at: Date
}

/** The trained models. All reject with `store_unavailable`. */
export interface ForecastModelStore {
  list(): Promise<readonly StoredForecastModel[]>
  find(id: string): Promise<StoredForecastModel | null>
  /** Base64; null where there are none. */
  weights(modelId: string, version: number): Promise<string | null>
  /** Adds a version, which is `pending`; the number of the one that the job made before, if it did. */
  add(version: NewVersion): Promise<number>
  settle(
    version: Pick<StoredVersion, 'model_id' | 'version'>,
    status: VersionStatus,
    activate: boolean,
  ): Promise<void>
  activate(modelId: string, version: number): Promise<void>
  /** Forgets old versions, and gives their numbers: not the active one, nor the last ones that may serve. */
  prune(modelId: string, keep: KeptVersions): Promise<readonly number[]>
}

/** How many of the newest versions are kept, and how many of those that may serve. */
export interface KeptVersions {
  readonly newest: number
  readonly serviceable: number
}

/** Keeps models in a database. */
export function createForecastModelStore(db: Kysely<Tables>): ForecastModelStore {
  const write = <Result>(
    what: string,
    change: (transaction: Transaction<Tables>) => Promise<Result>,
  ): Promise<Result> => attempt(what, () => db.transaction().execute(change))
  const activate = async (transaction: Transaction<Tables>, id: string, version: number) => {
    await transaction
      .updateTable('forecast_models')
      .set({ active_version: version })
      .where('id', '=', id)
      .execute()
  }
  return {
    list: () => attempt('read the models', () => listed(db)),
    find: (id) => attempt('read a model', async () => (await listed(db, id))[0] ?? null),
    weights: (modelId, version) => attempt('read a model', () => weightsOf(db, modelId, version)),
    add: (version) => write('store a model', (transaction) => added(transaction, version)),
    settle: ({ model_id: id, version }, status, isActive) =>
      write('store a model', async (transaction) => {
        await transaction
          .updateTable('forecast_versions')
          .set({ status })
          .where('model_id', '=', id)
          .where('version', '=', version)
          .execute()
        if (isActive) await activate(transaction, id, version)
      }),
    activate: (id, version) =>
      write('activate a model', (transaction) => activate(transaction, id, version)),
    prune: (id, keep) => write('forget old models', (transaction) => pruned(transaction, id, keep)),
  }
}

async function weightsOf(
  db: Kysely<Tables>,
  modelId: string,
  version: number,
): Promise<string | null> {
  const row = await db
    .selectFrom('forecast_versions')
    .select('weights')
    .where('model_id', '=', modelId)
    .where('version', '=', version)
    .executeTakeFirst()
  return row?.weights ?? null
}

/** All models, or the one with an id. */
async function listed(db: Kysely<Tables>, id?: string): Promise<readonly StoredForecastModel[]> {
  const models = await db
    .selectFrom('forecast_models')
    .selectAll()
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .orderBy('id')
    .execute()
  if (models.length === 0) return []
  const versions = await db
    .selectFrom('forecast_versions')
    .select(['model_id', 'version', 'status', 'manifest', 'created_at'])
    .$if(id !== undefined, (query) => query.where('model_id', '=', id ?? ''))
    .orderBy('version')
    .execute()
  return models.map(({ id, target, active_version: active }) => ({
    id,
    target,
    active_version: active,
    versions: versions
      .filter((version) => version.model_id === id)
      .map((version) => ({
        ...version,
        // Only we write it.
        status: version.status as VersionStatus,
        created_at: new Date(version.created_at),
      })),
  }))
}

async function added(transaction: Transaction<Tables>, version: NewVersion): Promise<number> {
  const { modelId, target, jobId, manifest, weights, at } = version
  const known = await transaction
    .selectFrom('forecast_versions')
    .select('version')
    .where('job_id', '=', jobId)
    .executeTakeFirst()
  if (known !== undefined) return known.version
  await transaction
    .insertInto('forecast_models')
    .values({ id: modelId, target, active_version: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const { last } = await transaction
    .selectFrom('forecast_versions')
    .select(({ fn }) => fn.max<number | null>('version').as('last'))
    .where('model_id', '=', modelId)
    .executeTakeFirstOrThrow()
  const number = (last ?? 0) + 1
  await transaction
    .insertInto('forecast_versions')
    .values({
      model_id: modelId,
      version: number,
      status: 'pending',
      manifest,
      weights,
      job_id: jobId,
      created_at: at.toISOString(),
    })
    .execute()
  return number
}

async function pruned(
  transaction: Transaction<Tables>,
  id: string,
  { newest, serviceable }: KeptVersions,
): Promise<readonly number[]> {
  const [model] = await listed(transaction, id)
  if (model === undefined) return []
  const known = model.versions.map(({ version }) => version)
  const written = model.versions.filter(({ status }) => status === 'written')
  const kept = new Set([
    model.active_version,
    ...known.slice(-newest),
    ...written.slice(-serviceable).map(({ version }) => version),
  ])
  const gone = known.filter((version) => !kept.has(version))
  if (gone.length > 0)
    await transaction
      .deleteFrom('forecast_versions')
      .where('model_id', '=', id)
      .where('version', 'in', gone)
      .execute()
  return gone
}
