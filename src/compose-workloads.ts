import { composeCollector } from './compose-collector.ts'
import { rollupsInSight } from './compose-scopes.ts'
import type { Config } from './config.ts'
import type { Journal } from './journal.ts'
import type { SelfMetrics } from './http/self-metrics.ts'
import { createClassifier, type Classifier } from './services/classifier/index.ts'
import type { ClusterRegistry, ClusterSpec, Scopes } from './services/clusters/index.ts'
import type { Collector } from './services/collector/index.ts'
import type { CostReader } from './services/costs/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Store } from './services/store/index.ts'
import type { Telemetry } from './services/telemetry/index.ts'

interface Needs {
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'all'>
  readonly scopes: Pick<Scopes, 'current'>
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
  readonly costs: CostReader
  readonly store: Pick<Store, 'models' | 'rollups'>
  readonly journal: Pick<Journal, 'training' | 'collector'>
  readonly metrics: Pick<SelfMetrics, 'collector'>
  readonly now: () => Date
}

/** What tells the types of workloads, and what collects their power. */
export interface Workloads {
  readonly classifier: Classifier
  readonly collector: Collector | null
  /** What it has stored. */
  readonly rollups: Pick<Store['rollups'], 'list'>
  close(): Promise<void>
}

/** Builds both, and starts the collector where one is configured. */
export async function composeWorkloads(
  { workloads, collector: config }: Pick<Config, 'workloads' | 'collector'>,
  { telemetry, registry, scopes, ...needs }: Needs,
): Promise<Workloads> {
  const { store, journal, now, fleet } = needs
  const classifier = createClassifier({
    telemetry,
    fleet,
    now,
    models: store.models,
    windows: workloads.trainingHours,
    intervalSeconds: workloads.retrainSeconds,
    onTraining: (outcome) => journal.training(outcome),
  })
  const clusters = () => registry.all().map(({ name }) => name)
  const collector = await composeCollector(config, { ...needs, clusters })
  return {
    classifier,
    collector,
    rollups: rollupsInSight(store.rollups, { registry, current: () => scopes.current() }),
    async close() {
      await collector?.close()
      await classifier.close()
    },
  }
}
