import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CollectorConfig } from './config-collector.ts'
import type { Journal } from './journal.ts'
import {
  createCollector,
  influxSink,
  redisSink,
  storeSink,
  writeSafely,
  type Collector,
  type CostOf,
  type Sink,
} from './services/collector/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Store } from './services/store/index.ts'

interface Needs {
  readonly fleet: FleetReader
  readonly store: Pick<Store, 'rollups'>
  readonly costOf: CostOf
  readonly journal: Pick<Journal, 'collector'>
  readonly now: () => Date
}

const TIMEOUT_SECONDS = 10
const MOST_ENTRIES = 1_000_000

/** The collector that the configuration asks for, started; null when it asks for none. */
export async function composeCollector(
  config: CollectorConfig | null,
  { store, journal, ...needs }: Needs,
): Promise<Collector | null> {
  if (config === null) return null
  const collector = await createCollector({
    ...needs,
    sinks: await sinksOf(config, store),
    directory: config.path,
    mostBytes: config.queueBytes,
    intervalSeconds: config.intervalSeconds,
    note: (note) => journal.collector(note),
  })
  collector.start()
  return collector
}

async function sinksOf(
  { redis, influx, rollups, path }: CollectorConfig,
  store: Needs['store'],
): Promise<readonly Sink[]> {
  const shared = { timeoutSeconds: TIMEOUT_SECONDS }
  return [
    ...(redis === null ? [] : [redisSink({ ...redis, ...shared, mostEntries: MOST_ENTRIES })]),
    ...(influx === null ? [] : [influxSink({ ...influx, ...shared })]),
    ...(rollups ? [storeSink(store.rollups, await nameOf(path))] : []),
  ]
}

/** What tells this collector from others that write to the same database: its queue has a name. */
async function nameOf(path: string): Promise<string> {
  const file = join(path, 'name')
  const known = await readFile(file, 'utf8').catch(() => '')
  if (known !== '') return known
  const name = randomUUID()
  await writeSafely(file, name)
  return name
}
