import type { Cluster, Device, Node } from '../datacentre.ts'
import { shortest } from '../numbers.ts'
import type { LabelPair } from '../pods.ts'
import { ALWAYS, type Line, type Metric, type Source } from '../series.ts'
import { isWithin } from '../spans.ts'
import { deviceState } from '../truth.ts'
import { POD_METRICS, podLines } from './kube-state-pods.ts'

const gauge = (name: string, help: string): Metric => ({
  name,
  help: `[STABLE] ${help}`,
  type: 'gauge',
  form: shortest(3),
})

const INFO = gauge('kube_node_info', 'Information about a cluster node.')
const CAPACITY = gauge(
  'kube_node_status_capacity',
  'The capacity for different resources of a node.',
)
const ALLOCATABLE = gauge(
  'kube_node_status_allocatable',
  'The allocatable for different resources of a node that are available for scheduling.',
)
const CONDITION = gauge('kube_node_status_condition', 'The condition of a cluster node.')
const ROLE = gauge('kube_node_role', 'The role of a cluster node.')
const CREATED = gauge('kube_node_created', 'Unix creation timestamp')
const UNSCHEDULABLE = gauge('kube_node_spec_unschedulable', 'Whether a node can schedule new pods.')
const ADDRESSES = gauge('kube_node_status_addresses', 'Node address information.')
const LABELS = gauge('kube_node_labels', 'Kubernetes labels converted to Prometheus labels.')

const WRITERS: readonly (readonly [Metric, (node: Node, cluster: Cluster) => readonly Line[]])[] = [
  [INFO, infoLines],
  [CAPACITY, (node) => amountLines(CAPACITY, node)],
  [ALLOCATABLE, (node) => amountLines(ALLOCATABLE, node)],
  [CONDITION, conditionLines],
  [LABELS, labelLines],
  [ROLE, roleLines],
  [CREATED, (node) => [{ ...line(CREATED, node, []), at: () => JOINED }]],
  [UNSCHEDULABLE, (node) => [{ ...line(UNSCHEDULABLE, node, []), at: () => 0 }]],
  [ADDRESSES, addressLines],
]

/** kube-state-metrics 2.x, once a cluster. */
export const kubeStateMetrics: Source = {
  name: 'kube_state_metrics',
  metrics: [...WRITERS.map(([metric]) => metric), ...POD_METRICS],
  nodes: () => [undefined],
  *lines({ cluster }, ask) {
    const wanted = WRITERS.filter(([{ name }]) => ask.wants(name))
    for (const node of cluster.nodes) {
      yield* wanted.flatMap(([, write]) => write(node, cluster))
      yield* podLines(node, ask)
    }
  },
}

function line(metric: Metric, node: Node, labels: readonly LabelPair[]): Omit<Line, 'at'> {
  return { ...ALWAYS, metric, labels: [['node', node.name], ...labels] }
}

const JOINED = Date.UTC(2026, 2, 2) / 1000

/** Workers have no role of their own. */
function roleLines(node: Node): readonly Line[] {
  if (node.role !== 'control_plane') return []
  return [{ ...line(ROLE, node, [['role', 'control-plane']]), at: () => 1 }]
}

function addressLines(node: Node): readonly Line[] {
  const addresses: readonly LabelPair[] = [
    ['InternalIP', node.address],
    ['Hostname', node.name],
  ]
  return addresses.map(([type, address]) => ({
    ...line(ADDRESSES, node, [
      ['type', type],
      ['address', address],
    ]),
    at: () => 1,
  }))
}

function infoLines(node: Node): readonly Line[] {
  const labels: readonly LabelPair[] = [
    ['kernel_version', '6.8.0-63-generic'],
    ['os_image', 'Ubuntu 24.04.2 LTS'],
    ['container_runtime_version', 'containerd://2.0.5'],
    ['kubelet_version', 'v1.33.4'],
    ['kubeproxy_version', 'deprecated'],
    ['provider_id', ''],
    ['pod_cidr', `${node.podNetwork}.0/24`],
    ['system_uuid', node.systemUuid],
    ['internal_ip', node.address],
  ]
  return [{ ...line(INFO, node, labels), at: () => 1 }]
}

function labelLines(node: Node, { plan }: Cluster): readonly Line[] {
  const [device] = node.devices
  const product: readonly LabelPair[] =
    device?.model.vendor === 'nvidia'
      ? [['label_nvidia_com_gpu_product', device.model.name.replaceAll(' ', '-')]]
      : []
  const labels: readonly LabelPair[] = [
    ...product,
    ['label_kubernetes_io_hostname', node.name],
    ...(node.role === 'control_plane'
      ? [['label_node_role_kubernetes_io_control_plane', ''] as const]
      : []),
    ['label_topology_kubernetes_io_region', plan.region],
  ]
  return [{ ...line(LABELS, node, labels), at: () => 1 }]
}

/** A resource of a node: what it is, how much there is, and how much is left when a device fails. */
interface Amount {
  readonly resource: string
  readonly unit: string
  at(seconds: number): number
}

function amountLines(metric: Metric, node: Node): readonly Line[] {
  const amounts = [...plainAmounts(metric, node), ...deviceAmounts(metric, node.devices)]
  return amounts.map((amount) => {
    const labels = [['resource', amount.resource] as const, ['unit', amount.unit] as const]
    return { ...line(metric, node, labels), at: (seconds) => amount.at(seconds) }
  })
}

const GIB = 2 ** 30

/** The kubelet keeps one core and two GiB for itself. */
function plainAmounts(metric: Metric, { machine }: Node): readonly Amount[] {
  const kept = metric === ALLOCATABLE ? { cores: 1, bytes: 2 * GIB } : { cores: 0, bytes: 0 }
  return [
    { resource: 'cpu', unit: 'core', at: () => machine.cores - kept.cores },
    { resource: 'ephemeral_storage', unit: 'byte', at: () => 1.7e12 },
    { resource: 'memory', unit: 'byte', at: () => machine.memoryBytes - kept.bytes },
    { resource: 'pods', unit: 'integer', at: () => 110 },
  ]
}

/** Every seat is one of some resource, also when nobody is given it. */
function deviceAmounts(metric: Metric, devices: readonly Device[]): readonly Amount[] {
  const seats = devices.flatMap((device) =>
    device.seats.map(({ resource }) => ({ device, resource })),
  )
  const resources = [...new Set(seats.map(({ resource }) => resource))]
  return resources.map((resource) => {
    const holders = seats.filter((seat) => seat.resource === resource)
    const works = (seconds: number) =>
      holders.filter(({ device }) => deviceState(device, seconds) !== 'lost').length
    return {
      resource,
      unit: 'integer',
      at: metric === ALLOCATABLE ? works : () => holders.length,
    }
  })
}

const CONDITIONS = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']
const STATUSES = ['true', 'false', 'unknown']

/** Three rows a condition; that of its status is 1. */
function conditionLines(node: Node): readonly Line[] {
  return CONDITIONS.flatMap((condition) =>
    STATUSES.map((status) => {
      const labels = [['condition', condition] as const, ['status', status] as const]
      const at = (seconds: number) => (statusAt(node, condition, seconds) === status ? 1 : 0)
      return { ...line(CONDITION, node, labels), at }
    }),
  )
}

function statusAt({ outages }: Node, condition: string, seconds: number): string {
  if (outages.length > 0 && isWithin(outages, seconds)) return 'unknown'
  return condition === 'Ready' ? 'true' : 'false'
}
