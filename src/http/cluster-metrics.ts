import { Gauge, type Registry } from 'prom-client'

/** How a cluster fares, as far as it is measured. */
export interface ClusterSeen {
  readonly name: string
  readonly status: string
  readonly circuit: string
}

/** What is measured of the clusters. */
export interface ClusterMetrics {
  /** They are read when somebody looks. */
  clustersWatched(read: () => readonly ClusterSeen[]): void
}

/** The metrics of the clusters, in a registry. */
export function clusterMetrics(register: Registry): ClusterMetrics {
  return {
    clustersWatched(read) {
      const gauge = (name: string, help: string, holds: (seen: ClusterSeen) => boolean): void => {
        const made = new Gauge<'cluster'>({
          ...{ name, help, labelNames: ['cluster'], registers: [register] },
          collect() {
            made.reset()
            for (const seen of read()) made.set({ cluster: seen.name }, holds(seen) ? 1 : 0)
          },
        })
      }
      gauge(
        'cluster_up',
        'Whether the Prometheus of a cluster answered its last check.',
        ({ status }) => status === 'ok',
      )
      gauge(
        'cluster_circuit_open',
        'Whether a cluster is held back from, because it failed too often.',
        ({ circuit }) => circuit !== 'closed',
      )
    },
  }
}
