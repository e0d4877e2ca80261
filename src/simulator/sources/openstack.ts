import type { Cluster, Guest, Node } from '../datacentre.ts'
import { FLAVORS, PROJECTS } from '../guest-plans.ts'
import { startedAt } from '../guests.ts'
import { WHOLE } from '../numbers.ts'
import type { LabelPair } from '../pods.ts'
import { ALWAYS, type Line, type Metric, type Source } from '../series.ts'

const gauge = (name: string): Metric => ({
  name: `openstack_nova_${name}`,
  help: name,
  type: 'gauge',
  form: WHOLE,
})

const STATUS = gauge('server_status')
const FLAVOR = gauge('flavor')
const MOST_CPUS = gauge('limits_vcpus_max')
const CPUS = gauge('vcpus_available')
const MEMORY = gauge('memory_available_bytes')
const RUNNING = gauge('running_vms')

const WRITERS: readonly (readonly [Metric, (cluster: Cluster) => readonly Line[]])[] = [
  [STATUS, ({ nodes }) => nodes.flatMap(serverLines)],
  [FLAVOR, flavorLines],
  [MOST_CPUS, projectLines],
  [CPUS, (cluster) => hostLines(cluster, CPUS, ({ machine }) => machine.cores)],
  [MEMORY, (cluster) => hostLines(cluster, MEMORY, ({ machine }) => machine.memoryBytes)],
  [RUNNING, (cluster) => hostLines(cluster, RUNNING, runningOn)],
]

/** openstack-exporter's Nova part, once in a cluster that has hypervisors. */
export const openstack: Source = {
  name: 'openstack',
  metrics: WRITERS.map(([metric]) => metric),
  nodes: ({ nodes }) => (nodes.some(({ guests }) => guests.length > 0) ? [undefined] : []),
  *lines({ cluster }, ask) {
    for (const [{ name }, write] of WRITERS) if (ask.wants(name)) yield* write(cluster)
  },
}

/** Nova's numbers for the statuses that there are. */
const STATUSES = [
  { status: 'ACTIVE', code: 0 },
  { status: 'SHUTOFF', code: 11 },
] as const

/** The status is a label: a machine that is shut off is another series than the same machine while it ran. */
function serverLines(node: Node): readonly Line[] {
  return node.guests.flatMap((guest) =>
    STATUSES.map(({ status, code }): Line => ({
      ...ALWAYS,
      metric: STATUS,
      labels: serverLabels(node, guest, status),
      at: (seconds) => (statusAt(guest, seconds) === status ? code : undefined),
    })),
  )
}

const statusAt = (guest: Guest, seconds: number): string =>
  startedAt(guest, seconds) === undefined ? 'SHUTOFF' : 'ACTIVE'

const serverLabels = (node: Node, guest: Guest, status: string): readonly LabelPair[] => [
  ['address_ipv4', guest.address],
  ['address_ipv6', ''],
  ['availability_zone', 'nova'],
  ['flavor_id', guest.flavor.id],
  ['host_id', node.systemUuid.replaceAll('-', '')],
  ['hypervisor_hostname', node.name],
  ['id', guest.uuid],
  ['instance_libvirt', guest.domain],
  ['name', guest.name],
  ['status', status],
  ['tenant_id', guest.project.id],
  ['user_id', guest.project.id],
  ['uuid', guest.uuid],
]

const line = (metric: Metric, labels: readonly LabelPair[], at: Line['at']): Line => ({
  ...ALWAYS,
  metric,
  labels,
  at,
})

function flavorLines(): readonly Line[] {
  return Object.values(FLAVORS).map(({ id, name, vcpus, memoryGib, diskGib }) => {
    const sizes: readonly LabelPair[] = [
      ['disk', String(diskGib)],
      ['id', id],
      ['is_public', 'true'],
      ['name', name],
      ['ram', String(memoryGib * 1024)],
      ['vcpus', String(vcpus)],
    ]
    return line(FLAVOR, sizes, () => 1)
  })
}

const QUOTA_CPUS = 256

function projectLines(): readonly Line[] {
  return Object.values(PROJECTS).map(({ id, name }) => {
    const tenant: readonly LabelPair[] = [
      ['tenant', name],
      ['tenant_id', id],
    ]
    return line(MOST_CPUS, tenant, () => QUOTA_CPUS)
  })
}

function hostLines(
  { nodes }: Cluster,
  metric: Metric,
  of: (node: Node, seconds: number) => number,
): readonly Line[] {
  const hosts = nodes.filter(({ guests }) => guests.length > 0)
  return hosts.map((node) => {
    const place: readonly LabelPair[] = [
      ['aggregates', ''],
      ['availability_zone', 'nova'],
      ['hostname', node.name],
    ]
    return line(metric, place, (seconds) => of(node, seconds))
  })
}

const runningOn = ({ guests }: Node, seconds: number): number =>
  guests.filter((guest) => startedAt(guest, seconds) !== undefined).length
