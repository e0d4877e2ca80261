import type { Cluster, Node, World } from './datacentre.ts'
import type { SourceName } from './faults.ts'
import { fraction, hash, letters, seedOf, whole } from './hash.ts'
import type { LabelPair } from './pods.ts'
import { SOURCES } from './sources/index.ts'
import type { Span } from './spans.ts'
import { clusterOf } from './world.ts'

/** One exporter that a cluster's Prometheus scrapes, and what Prometheus adds to its series. */
export interface Target {
  readonly source: SourceName
  readonly cluster: Cluster
  readonly node: Node | undefined
  /** Where the simulator's own server shows it, such as `/seoul/gpu-worker-1/dcgm`. */
  readonly path: string
  /** `job`, `instance` and what else was discovered with it. */
  readonly labels: readonly LabelPair[]
  /** Whether the exporter's labels win over these; if not, they become `exported_*`. */
  readonly honorLabels: boolean
  readonly intervalSeconds: number
  /** Scrapes are at whole multiples of the interval plus this: never on a whole or half second. */
  readonly offsetSeconds: number
}

/** Every target of a cluster. */
export function scrapeTargets(world: World, cluster: string): readonly Target[] {
  return targetsOf(clusterOf(world, cluster))
}

/** Every target of a cluster. */
export function targetsOf(cluster: Cluster): readonly Target[] {
  return Object.values(SOURCES).flatMap(({ name, nodes }) =>
    nodes(cluster).map((node) => targetOf(cluster, node, name)),
  )
}

function targetOf(cluster: Cluster, node: Node | undefined, source: SourceName): Target {
  const seed = seedOf(node?.seed ?? cluster.seed, source)
  const intervalSeconds = cluster.plan.scrapeSeconds
  // Eighths are exact in floating point and in milliseconds, and keep samples off the edges of windows.
  const eighths = 0.125 + 0.25 * Math.floor(4 * fraction(seed, 1))
  return {
    source,
    cluster,
    node,
    path: `/${cluster.name}/${node?.name ?? '-'}/${source}`,
    ...discoveryOf(cluster, node, source),
    intervalSeconds,
    offsetSeconds: whole(0, intervalSeconds - 1, seed, 2) + eighths,
  }
}

const JOBS: Readonly<Record<SourceName, { readonly job: string; readonly port: number }>> = {
  dcgm: { job: 'nvidia-dcgm-exporter', port: 9400 },
  kube_state_metrics: { job: 'kube-state-metrics', port: 8080 },
  ipmi: { job: 'ipmi', port: 0 },
  furiosa: { job: 'furiosa-metrics-exporter', port: 6254 },
  rebellions: { job: 'rbln-metrics-exporter', port: 9090 },
  kepler: { job: 'kepler', port: 28_282 },
  kubelet: { job: 'kubelet', port: 10_250 },
  node_exporter: { job: 'node-exporter', port: 9100 },
  libvirt: { job: 'libvirt-exporter', port: 9177 },
  openstack: { job: 'openstack-exporter', port: 9180 },
  vllm: { job: 'vllm', port: 8000 },
}

type Discovery = Pick<Target, 'labels' | 'honorLabels'>

function discoveryOf(cluster: Cluster, node: Node | undefined, source: SourceName): Discovery {
  const { job, port } = JOBS[source]
  if (node === undefined) return plain(job, `10.64.0.9:${port}`)
  if (source === 'ipmi') return bmcDiscovery(cluster, node)
  const isDevice = source === 'dcgm' || source === 'furiosa' || source === 'rebellions'
  if (!isDevice || !cluster.plan.dcgm.exporterLabels) return plain(job, `${node.address}:${port}`)
  const own: readonly LabelPair[] = [
    ['job', job],
    ['instance', `${node.podNetwork}.5:${port}`],
    ['container', job],
    ['endpoint', 'metrics'],
    ['namespace', 'accelerators'],
    ['pod', `${job}-${letters('bcdfghjklmnpqrstvwxz', 5, hash(node.seed, port))}`],
    ['service', job],
  ]
  return { labels: own, honorLabels: cluster.plan.dcgm.honorLabels }
}

function plain(job: string, instance: string): Discovery {
  const labels: readonly LabelPair[] = [
    ['job', job],
    ['instance', instance],
  ]
  return { labels, honorLabels: true }
}

/** The instance of a BMC's target is the address of the BMC, which is not that of the node. */
function bmcDiscovery({ plan }: Cluster, { name, bmcAddress }: Node): Discovery {
  const { labels, honorLabels } = plain(JOBS.ipmi.job, bmcAddress)
  return { labels: plan.bmc.namesNode ? [...labels, ['node', name]] : labels, honorLabels }
}

/** When a target was last scraped, at or before a time. */
export function lastScrape(
  target: Pick<Target, 'intervalSeconds' | 'offsetSeconds'>,
  at: number,
): number {
  const { intervalSeconds, offsetSeconds } = target
  return Math.floor((at - offsetSeconds) / intervalSeconds) * intervalSeconds + offsetSeconds
}

/** When a target is scraped: `from` ≤ t < `until`, ascending. */
export function* scrapesWithin(
  target: Pick<Target, 'intervalSeconds' | 'offsetSeconds'>,
  { from, until }: Span,
): Generator<number> {
  const before = lastScrape(target, from)
  const first = before < from ? before + target.intervalSeconds : before
  for (let time = first; time < until; time += target.intervalSeconds) yield time
}
