import type { NonEmpty } from '../../kernel/kind.ts'
import type { OwnerLabel } from '../entities.ts'
import type { Condition, Origin, SourceSpec } from '../source.ts'

const BYTES = { least: 0, most: 2 ** 50 } as const
const CORES = { least: 0, most: 65_536 } as const
const NODE = ['node', 'kubernetes_node', 'kubernetes_io_hostname', 'instance'] as const

const SHARED = {
  vendor: null,
  reference: 'google/cadvisor docs/storage/prometheus.md; labels of the kubelet',
  // The kubelet gives its samples the time at which it looked, up to some 20 s ago.
  freshnessSeconds: 180,
} as const

/** How one era of cAdvisor names a container. */
interface Dialect {
  readonly suffix: string
  readonly title: string
  readonly owners: NonEmpty<Readonly<Record<OwnerLabel, string>>>
  /** Its label for a container: empty or `POD` on rows of a pod, its sandbox, slices and the machine. */
  readonly container: string
  readonly pod: string
}

const KUBELET: Dialect = {
  suffix: '',
  title: 'kubelet (cAdvisor)',
  owners: [{ namespace: 'namespace', pod: 'pod', container: 'container' }],
  container: 'container',
  pod: 'pod',
}

/** Kubernetes up to 1.15. */
const EARLY_KUBELET: Dialect = {
  suffix: '_early',
  title: 'kubelet up to 1.15 (cAdvisor)',
  owners: [{ namespace: 'namespace', pod: 'pod_name', container: 'container_name' }],
  container: 'container_name',
  pod: 'pod_name',
}

/** cAdvisor that runs by itself and shows the labels that Kubernetes gives to containers. */
const STANDALONE: Dialect = {
  suffix: '_standalone',
  title: 'cAdvisor by itself',
  owners: [
    {
      namespace: 'container_label_io_kubernetes_pod_namespace',
      pod: 'container_label_io_kubernetes_pod_name',
      container: 'container_label_io_kubernetes_container_name',
    },
  ],
  container: 'container_label_io_kubernetes_container_name',
  pod: 'container_label_io_kubernetes_pod_name',
}

const inContainer = ({ container }: Dialect): Condition => ({
  label: container,
  noneOf: ['', 'POD'],
})

/** Processor time: one series, or one for each processor, never both. */
const cpu = (where: readonly Condition[], addends: NonEmpty<string>): Origin<'processors'> => ({
  metrics: ['container_cpu_usage_seconds_total'],
  unit: 'seconds_per_second',
  rate: true,
  where,
  addends,
  plausible: CORES,
})

const memory = (where: readonly Condition[], addends?: NonEmpty<string>): Origin<'memory'> => ({
  metrics: ['container_memory_working_set_bytes'],
  unit: 'bytes',
  where,
  ...(addends !== undefined && { addends }),
  plausible: BYTES,
})

const traffic = (metric: string, { pod }: Dialect): Origin<'bandwidth'> => ({
  metrics: [metric],
  unit: 'bytes_per_second',
  rate: true,
  where: [
    { label: pod, noneOf: [''] },
    { label: 'interface', noneOf: ['lo', ''] },
  ],
  addends: ['interface'],
  plausible: { least: 0, most: 2 ** 43 },
})

const io = (metric: string, dialect: Dialect): Origin<'bandwidth'> => ({
  metrics: [metric],
  unit: 'bytes_per_second',
  rate: true,
  where: [inContainer(dialect)],
  addends: ['device', dialect.container],
  plausible: { least: 0, most: 2 ** 43 },
})

const containers = (dialect: Dialect): SourceSpec => ({
  ...SHARED,
  name: `kubelet_containers${dialect.suffix}`,
  title: `${dialect.title}: containers`,
  entity: 'container',
  labels: { node: NODE, image: ['image'] },
  owners: dialect.owners,
  presence: ['memory_working_set_mb'],
  measures: {
    cpu_cores_used: cpu([inContainer(dialect)], ['cpu']),
    memory_working_set_mb: memory([inContainer(dialect)]),
  },
})

const pods = (dialect: Dialect): SourceSpec => ({
  ...SHARED,
  name: `kubelet_pods${dialect.suffix}`,
  title: `${dialect.title}: pods`,
  entity: 'pod',
  labels: { node: NODE },
  owners: dialect.owners,
  presence: ['memory_working_set_mb'],
  measures: {
    cpu_cores_used: cpu([inContainer(dialect)], ['cpu', dialect.container]),
    memory_working_set_mb: memory([inContainer(dialect)], [dialect.container]),
    network_rx_mbps: traffic('container_network_receive_bytes_total', dialect),
    network_tx_mbps: traffic('container_network_transmit_bytes_total', dialect),
    disk_read_mbps: io('container_fs_reads_bytes_total', dialect),
    disk_write_mbps: io('container_fs_writes_bytes_total', dialect),
  },
  caution: 'A pod that uses the network of its node shows the traffic of the node.',
})

const ROOT: Condition = { label: 'id', equals: '/' }

/** The machine under the containers: what is left when nothing else watches the node. */
export const kubeletNodes = {
  ...SHARED,
  name: 'kubelet_nodes',
  title: 'kubelet (cAdvisor): nodes',
  entity: 'node',
  labels: { node: NODE, system_uuid: ['system_uuid'] },
  presence: ['cpu_cores', 'memory_installed_mb'],
  measures: {
    cpu_cores: {
      metrics: ['machine_cpu_cores'],
      unit: 'cores',
      plausible: { least: 1, most: 65_536 },
    },
    memory_installed_mb: {
      metrics: ['machine_memory_bytes'],
      unit: 'bytes',
      plausible: BYTES,
    },
    cpu_cores_used: cpu([ROOT], ['cpu']),
    memory_working_set_mb: memory([ROOT]),
  },
} as const satisfies SourceSpec

const DIALECTS = [KUBELET, EARLY_KUBELET, STANDALONE]

export const KUBELET_PODS: readonly SourceSpec[] = DIALECTS.map(pods)
export const KUBELET_CONTAINERS: readonly SourceSpec[] = DIALECTS.map(containers)
