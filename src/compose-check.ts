import { clusterRegistry, queryCache, readersOf } from './compose.ts'
import type { Config } from './config.ts'
import { createSelfMetrics } from './http/self-metrics.ts'
import { createJournal } from './journal.ts'
import type { SourceSpec } from './catalogue/source.ts'
import type { ClusterRegistry, ClusterSpec } from './services/clusters/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Telemetry } from './services/telemetry/index.ts'

/** What reads the clusters, without the server in front of it. */
export interface Readers {
  readonly registry: ClusterRegistry<ClusterSpec>
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
  readonly sources: readonly SourceSpec[]
  /** Ends the connections. */
  close(): Promise<void>
}

/** Builds what reads the clusters of a configuration. No cluster is asked yet, and none is checked on its own. */
export function composeReaders(config: Config): Readers {
  const metrics = createSelfMetrics()
  const cache = queryCache(config, metrics)
  const quiet = { ...config, healthIntervalSeconds: 0 }
  const registry = clusterRegistry(quiet, { metrics, cache, journal: createJournal() })
  return { registry, ...readersOf(config, registry), close: () => registry.close() }
}
