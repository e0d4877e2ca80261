import type { CollectorConfig } from './config-collector.ts'
import type { SelfMetrics } from './http/self-metrics.ts'
import type { Journal } from './journal.ts'
import {
  createCollector,
  influxSink,
  redisSink,
  storeSink,
  type OwnCollector,
  type Sink,
} from './services/collector/index.ts'
import type { PriceReader } from './services/costs/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Store } from './services/store/index.ts'

interface Needs {
  readonly clusters: () => readonly string[]
  readonly fleet: FleetReader
  readonly costs: PriceReader
  readonly store: Pick<Store, 'rollups'>
  readonly journal: Pick<Journal, 'collector'>
  readonly metrics: Pick<SelfMetrics, 'collector'>
  readonly now: () => Date
}

const TIMEOUT_SECONDS = 10

/** The collector that the configuration asks for, started; null when it asks for none. */
export async function composeCollector(
  config: CollectorConfig | null,
  { store, journal, metrics, ...needs }: Needs,
): Promise<OwnCollector | null> {
  if (config === null) return null
  const collector = await createCollector({
    ...needs,
    sinks: sinksOf(config, { store, now: needs.now }),
    directory: config.path,
    mostBytes: config.queueBytes,
    intervalSeconds: config.intervalSeconds,
    note: (note) => journal.collector(note),
  })
  metrics.collector(() => collector.status())
  collector.start()
  return collector
}

function sinksOf(
  { redis, influx, rollupDays }: CollectorConfig,
  { store, now }: Pick<Needs, 'store' | 'now'>,
): readonly Sink[] {
  const timeout = { timeoutSeconds: TIMEOUT_SECONDS }
  return [
    ...(redis === null ? [] : [redisSink({ ...redis, ...timeout })]),
    ...(influx === null ? [] : [influxSink({ ...influx, ...timeout })]),
    ...(rollupDays === null
      ? []
      : [storeSink({ rollups: store.rollups, keptDays: rollupDays, now })]),
  ]
}
