import type { PowerParts } from '../../analysis/power/figures.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { sumOf } from '../../analysis/power/sum.ts'
import {
  amountsIn,
  flagIn,
  NO_PARTS,
  nodeWatts,
  percentOf,
  sourcesOf,
  textIn,
  timeIn,
  valueIn,
} from '../../services/workloads/index.ts'
import type { NodeFacts } from './node-inventory.ts'
import { NODE_READS, type NodeRead } from './node-reads.ts'
import type { NodeMetrics, NODE_STATUSES, NodeRow } from './node-schemas.ts'

type Status = (typeof NODE_STATUSES)[number]

/** A node as every list shows it. */
export function nodeRow(facts: NodeFacts): NodeRow {
  const { cluster, node, rows, boards, pods, power } = facts
  return {
    cluster,
    node,
    status: statusOf(facts),
    roles: rolesOf(facts),
    conditions: conditionsOf(facts),
    unschedulable: flagIn(rows('states'), 'node_unschedulable'),
    created_at: timeIn(rows('states'), 'node_created_seconds'),
    ...systemOf(facts),
    addresses: addressesOf(facts),
    capacity: amountsIn(rows('amounts'), 'resource_capacity'),
    allocatable: amountsIn(rows('amounts'), 'resource_allocatable'),
    gpus: boards.filter(({ kind }) => kind === 'gpu').length,
    npus: boards.filter(({ kind }) => kind === 'npu').length,
    pods,
    ...usageOf(facts),
    ...nodeWatts(power),
    sources: [...sourcesIn(facts)],
  }
}

function systemOf({ rows }: NodeFacts) {
  const infos = rows('infos')
  return {
    kubelet_version: textIn(infos, 'kubelet_version'),
    container_runtime: textIn(infos, 'container_runtime'),
    os_image: textIn(infos, 'os_image'),
    kernel_version: textIn([...infos, ...rows('kernels')], 'kernel_version'),
    provider_id: textIn(infos, 'provider_id'),
    system_uuid: textIn(infos, 'system_uuid'),
    instance_type: textIn(rows('labels'), 'instance_type'),
    availability_zone: textIn(rows('labels'), 'availability_zone'),
  }
}

/** What Kubernetes says of Ready. A node that is ready and cordoned is being worked on. */
function statusOf({ rows }: NodeFacts): Status {
  const ready = rows('conditions').find(({ labels }) => labels.condition === 'Ready')
  const status = ready?.labels.status
  if (status === 'false') return 'not_ready'
  if (status !== 'true') return 'unknown'
  return flagIn(rows('states'), 'node_unschedulable') === true ? 'maintenance' : 'ready'
}

/** The name that the role had before Kubernetes 1.20. */
const ROLE_NAMES: Readonly<Record<string, string>> = {
  master: 'control_plane',
  'control-plane': 'control_plane',
}

function rolesOf({ rows, boards, has_roles: hasRoles }: NodeFacts): string[] {
  const named = rows('roles').flatMap(({ labels: { role } }) =>
    role === undefined || role === '' ? [] : (ROLE_NAMES[role] ?? role),
  )
  const isKnown = rows('infos').length > 0 && hasRoles
  const own = named.length === 0 && isKnown ? ['worker'] : named
  return [...new Set([...own, ...boards.map(({ kind }) => kind)])].sort()
}

const conditionsOf = ({ rows }: NodeFacts): NodeRow['conditions'] =>
  rows('conditions')
    .map(({ labels }) => ({ condition: labels.condition ?? '', status: labels.status ?? '' }))
    .sort((a, b) => (a.condition < b.condition ? -1 : 1))

/** Where kube-state-metrics lists no addresses, there is at least the one that it has on its own row. */
function addressesOf({ rows }: NodeFacts): NodeRow['addresses'] {
  const listed = rows('addresses').map(({ labels }) => ({
    address_type: labels.address_type ?? '',
    address: labels.address ?? '',
  }))
  const internal = textIn(rows('infos'), 'internal_ip')
  if (listed.length > 0 || internal === null) return listed
  return [{ address_type: 'InternalIP', address: internal }]
}

/** How busy a node is: by its own kernel, else by what the kubelet sees of all containers. */
function usageOf({ rows }: NodeFacts) {
  const use = rows('use')
  const idle = valueIn(use, 'cpu_idle_percent')
  const total = valueIn(use, 'memory_installed_mb')
  const available = valueIn(use, 'memory_available_mb')
  return {
    cpu_utilization_percent:
      idle === null
        ? percentOf(valueIn(use, 'cpu_cores_used'), valueIn(use, 'cpu_cores'))
        : Math.max(0, 100 - idle),
    memory_used_mb:
      total === null || available === null
        ? valueIn(use, 'memory_working_set_mb')
        : total - available,
    memory_total_mb: total,
  }
}

function sourcesIn({ rows, power }: NodeFacts): readonly string[] {
  const names = Object.keys(NODE_READS) as NodeRead[]
  const told = names.filter((name) => name !== 'phases').flatMap((name) => rows(name))
  return [...new Set([...sourcesOf(told), ...(power?.sources ?? [])])].sort()
}

/** One node with the parts of its power and its boards. */
export const nodeDetail = (facts: NodeFacts) => ({
  ...nodeRow(facts),
  power_parts: partsOf(facts),
  accelerators: facts.boards.map(({ kind, key, vendor, power_watts: watts }) => ({
    kind,
    id: key,
    vendor,
    power_watts: watts,
  })),
})

export const partsOf = ({ power }: Pick<NodeFacts, 'power'>): PowerParts => power?.parts ?? NO_PARTS

/** Every figure of one node. */
export function nodeMetrics(facts: NodeFacts): NodeMetrics {
  const { cluster, node, rows, pods, power } = facts
  const use = rows('use')
  const usage = usageOf(facts)
  const cores = valueIn(use, 'cpu_cores')
  const busy = usage.cpu_utilization_percent
  return {
    cluster,
    node,
    cpu_cores: cores,
    cpu_cores_used: cores === null || busy === null ? null : (cores * busy) / 100,
    load1: valueIn(use, 'load1'),
    load5: valueIn(use, 'load5'),
    load15: valueIn(use, 'load15'),
    ...usage,
    memory_available_mb: valueIn(use, 'memory_available_mb'),
    memory_utilization_percent: percentOf(usage.memory_used_mb, usage.memory_total_mb),
    ...disksOf(facts),
    network_rx_mbps: valueIn(use, 'network_rx_mbps'),
    network_tx_mbps: valueIn(use, 'network_tx_mbps'),
    gpu_utilization_percent: gpuLoadOf(facts),
    pods,
    ...nodeWatts(power),
    sources: [...sourcesIn(facts)],
  }
}

/** The mean of its GPUs, each of them once, whoever reports it. */
function gpuLoadOf({ rows }: NodeFacts): number | null {
  const known = groupBy(rows('gpu_loads'), ({ labels }) => labels.uuid ?? labels.device_index ?? '')
  const loads = [...known.values()].flatMap((own) => valueIn(own, 'gpu_utilization_percent') ?? [])
  return loads.length === 0 ? null : sumOf(loads) / loads.length
}

function disksOf({ rows }: NodeFacts) {
  const use = rows('use')
  const total = valueIn(use, 'disk_size_mb')
  const free = valueIn(use, 'disk_available_mb')
  const used = total === null || free === null ? null : total - free
  return {
    disk_total_mb: total,
    disk_used_mb: used,
    disk_utilization_percent: percentOf(used, total),
    disk_read_mbps: valueIn(use, 'disk_read_mbps'),
    disk_write_mbps: valueIn(use, 'disk_write_mbps'),
  }
}
