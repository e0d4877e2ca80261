import {
  partsOfWorkload,
  percentOf,
  sourcesOf,
  textIn,
  valueIn,
  workloadWatts,
} from '../../services/workloads/index.ts'
import type { VmFacts } from './vm-inventory.ts'
import type { VM_STATUSES, VmMetrics, VmRow } from './vm-schemas.ts'

type Status = (typeof VM_STATUSES)[number]

/** What every row of a virtual machine begins with. */
export function placeOf({ cluster, vm_id: id, domain, node, rows }: VmFacts) {
  return {
    cluster,
    id: id ?? [node ?? '', domain ?? ''].join(':'),
    vm_id: id,
    domain,
    name: textIn(rows, 'vm_name'),
    node,
  }
}

/** A virtual machine as every list shows it. */
export function vmRow(facts: VmFacts): VmRow {
  const { flavor, project_name: project, power, rows } = facts
  return {
    ...placeOf(facts),
    ...statesOf(facts),
    project_id: textIn(rows, 'project_id'),
    project_name: project,
    flavor,
    flavor_id: textIn(rows, 'flavor_id'),
    availability_zone: textIn(rows, 'availability_zone'),
    ip_address: textIn(rows, 'ip_address'),
    ...sizeOf(facts),
    ...workloadWatts(power),
    sources: [...sourcesIn(facts)],
  }
}

/** Libvirt's `virDomainState`, and what it comes to. */
const LIBVIRT: readonly (readonly [state: string, status: Status])[] = [
  ['no_state', 'unknown'],
  ['running', 'running'],
  ['blocked', 'running'],
  ['paused', 'paused'],
  ['shutting_down', 'running'],
  ['shut_off', 'stopped'],
  ['crashed', 'error'],
  ['suspended', 'paused'],
]

/** Nova's statuses; those that are left out are on their way from one to another. */
const NOVA: Readonly<Record<string, Status>> = {
  active: 'running',
  password: 'running',
  rescue: 'running',
  verify_resize: 'running',
  paused: 'paused',
  suspended: 'paused',
  shutoff: 'stopped',
  shelved: 'stopped',
  shelved_offloaded: 'stopped',
  deleted: 'stopped',
  soft_deleted: 'stopped',
  error: 'error',
}

function statesOf({ rows }: VmFacts): Pick<VmRow, 'status' | 'libvirt_state' | 'nova_status'> {
  const code = valueIn(rows, 'vm_state_code')
  const [state, status] = LIBVIRT[code ?? -1] ?? [null, null]
  const nova = textIn(rows, 'status')
  return {
    status: status ?? NOVA[nova?.toLowerCase() ?? ''] ?? 'unknown',
    libvirt_state: state,
    nova_status: nova,
  }
}

function sizeOf({ rows }: VmFacts) {
  const cores = valueIn(rows, 'cpu_cores')
  const share = percentOf(valueIn(rows, 'cpu_cores_used'), cores)
  return {
    vcpus: cores,
    // Emulation runs beside the virtual processors and is counted with them.
    cpu_utilization_percent: share === null ? null : Math.min(100, share),
    memory_total_mb: valueIn(rows, 'memory_installed_mb'),
    memory_allocated_mb: valueIn(rows, 'memory_allocated_mb'),
  }
}

const sourcesIn = ({ rows, power }: VmFacts): readonly string[] =>
  [...new Set([...sourcesOf(rows), ...(power?.sources ?? [])])].sort()

/** One virtual machine with the parts of its power. */
export const vmDetail = (facts: VmFacts) => ({
  ...vmRow(facts),
  power_parts: partsOfWorkload(facts.power),
})

/** Every figure of one virtual machine. */
export function vmMetrics(facts: VmFacts): VmMetrics {
  const { rows, power } = facts
  return {
    ...placeOf(facts),
    ...sizeOf(facts),
    cpu_cores_used: valueIn(rows, 'cpu_cores_used'),
    network_rx_mbps: valueIn(rows, 'network_rx_mbps'),
    network_tx_mbps: valueIn(rows, 'network_tx_mbps'),
    disk_read_mbps: valueIn(rows, 'disk_read_mbps'),
    disk_write_mbps: valueIn(rows, 'disk_write_mbps'),
    ...workloadWatts(power),
    sources: [...sourcesIn(facts)],
  }
}
