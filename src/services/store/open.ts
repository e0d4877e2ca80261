import type { KeyObject } from 'node:crypto'
import { createAlertDeliveryStore, type AlertDeliveryStore } from './alert-deliveries.ts'
import { createAlertEventStore, type AlertEventStore } from './alert-events.ts'
import { createAlertRuleStore, type AlertRuleStore } from './alert-rules.ts'
import { createApiKeyStore, type ApiKeyStore } from './api-keys.ts'
import { createAuditStore, type AuditStore } from './audit.ts'
import { createClusterStore, type ClusterStore } from './clusters.ts'
import { createExportJobStore, type ExportJobStore } from './export-jobs.ts'
import type { Engine } from './engine.ts'
import { attempt, storeUnavailable } from './failures.ts'
import { createForecastModelStore, type ForecastModelStore } from './forecast-models.ts'
import { createJobStore, type JobStore } from './jobs.ts'
import { migrate, versionOf } from './migrate.ts'
import { createModelStore, type ModelStore } from './models.ts'
import { openPostgres } from './postgres.ts'
import { createDeliveryStore, type DeliveryStore } from './scaling-deliveries.ts'
import { createLeaseStore, type LeaseStore } from './leases.ts'
import { createPolicyStore, type PolicyStore } from './scaling-policies.ts'
import { createScalingEventStore, type ScalingEventStore } from './scaling-events.ts'
import { createRollupStore, type RollupStore } from './rollups.ts'
import { createSealer } from './seal.ts'
import { openSqlite } from './sqlite.ts'

export interface StoreOptions {
  /** A PostgreSQL. Without it the store is an SQLite file of this process. */
  readonly databaseUrl?: string | undefined
  /** Of the SQLite file, or `:memory:`. */
  readonly path: string
  /** Seals secrets: 32 bytes. Without it none are kept. */
  readonly key?: KeyObject | undefined
}

/** How the store is doing. */
export interface StoreHealth {
  readonly engine: Engine['kind']
  readonly schema_version: number
}

/** What outlives the process. */
export interface Store {
  readonly alertRules: AlertRuleStore
  readonly alertEvents: AlertEventStore
  readonly alertDeliveries: AlertDeliveryStore
  readonly apiKeys: ApiKeyStore
  readonly audit: AuditStore
  readonly clusters: ClusterStore
  readonly exportJobs: ExportJobStore
  readonly models: ModelStore
  readonly forecastModels: ForecastModelStore
  readonly jobs: JobStore
  readonly policies: PolicyStore
  readonly scalingEvents: ScalingEventStore
  readonly deliveries: DeliveryStore
  readonly leases: LeaseStore
  readonly rollups: RollupStore
  /** Asks the database. Rejects with `store_unavailable`, also when the signal comes first. */
  health(signal: AbortSignal): Promise<StoreHealth>
  close(): Promise<void>
}

/**
 * Opens the store and brings its database up to date. Rejects with `store_unavailable`, which says why, when it
 * cannot be reached, is damaged, belongs to another program or to a newer version of this one.
 */
export async function openStore({ databaseUrl, path, key }: StoreOptions): Promise<Store> {
  const engine = databaseUrl === undefined ? await openSqlite(path) : openPostgres(databaseUrl)
  try {
    await prepare(engine)
  } catch (error) {
    await engine.close().catch(() => undefined)
    throw error
  }
  return {
    alertRules: createAlertRuleStore(engine.db),
    alertEvents: createAlertEventStore(engine.db),
    alertDeliveries: createAlertDeliveryStore(engine.db),
    apiKeys: createApiKeyStore(engine.db),
    audit: createAuditStore(engine.db),
    clusters: createClusterStore(engine.db, createSealer(key)),
    exportJobs: createExportJobStore(engine.db),
    models: createModelStore(engine.db),
    forecastModels: createForecastModelStore(engine.db),
    jobs: createJobStore(engine.db),
    policies: createPolicyStore(engine.db),
    scalingEvents: createScalingEventStore(engine.db),
    deliveries: createDeliveryStore(engine.db),
    leases: createLeaseStore(engine.db),
    rollups: createRollupStore(engine.db),
    health: (signal) =>
      attempt('ask the state store', async () => ({
        engine: engine.kind,
        schema_version: await beforeAbort(signal, () => versionOf(engine.db)),
      })),
    close: () => engine.close(),
  }
}

async function prepare(engine: Engine): Promise<void> {
  const { place } = engine
  await attempt(`check the state store ${place}`, () => engine.verify())
  await migrate(engine)
  await attempt(`set up the state store ${place}`, () => engine.settle())
}

/** An answer, unless the signal comes first. The drivers know no signals; they give up by themselves later. */
async function beforeAbort<Result>(
  signal: AbortSignal,
  ask: () => Promise<Result>,
): Promise<Result> {
  const late = (): Error =>
    storeUnavailable('the state store did not answer in time', signal.reason)
  if (signal.aborted) throw late()
  return await new Promise((resolve, reject) => {
    const abort = (): void => reject(late())
    signal.addEventListener('abort', abort, { once: true })
    ask()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
