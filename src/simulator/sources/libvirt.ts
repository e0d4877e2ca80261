import type { Guest } from '../datacentre.ts'
import { runsWithin, startedAt } from '../guests.ts'
import { coreSeconds } from '../node-truth.ts'
import { shortest, WHOLE } from '../numbers.ts'
import type { LabelPair } from '../pods.ts'
import { ALWAYS, type Ask, type Line, type Metric, type Source } from '../series.ts'
import type { Span } from '../spans.ts'
import { readBytes, receivedBytes, sentBytes, writtenBytes } from './pod-use.ts'

const metric = (name: string, help: string, form = WHOLE): Metric => ({
  name: `libvirt_domain_${name}`,
  help,
  type: name.endsWith('_total') ? 'counter' : 'gauge',
  form,
})

const STATE = metric('state_code', 'State of the domain.')
const CPUS = metric('info_virtual_cpus', 'Number of virtual CPUs for the domain.')
const MOST_MEMORY = metric(
  'info_maximum_memory_bytes',
  'Maximum allowed memory of the domain, in bytes.',
)
const MEMORY = metric('info_memory_usage_bytes', 'Memory usage of the domain, in bytes.')
const CPU_TIME = metric(
  'info_cpu_time_seconds_total',
  'Amount of CPU time used by the domain, in seconds.',
  shortest(6),
)
const READ = metric(
  'block_stats_read_bytes_total',
  'Number of bytes read from a block device, in bytes.',
)
const WRITTEN = metric(
  'block_stats_write_bytes_total',
  'Number of bytes written from a block device, in bytes.',
)
const RECEIVED = metric(
  'interface_stats_receive_bytes_total',
  'Number of bytes received on a network interface, in bytes.',
)
const SENT = metric(
  'interface_stats_transmit_bytes_total',
  'Number of bytes transmitted on a network interface, in bytes.',
)

/** libvirt_exporter 0.2 with Nova's metadata, on every hypervisor. */
export const libvirt: Source = {
  name: 'libvirt',
  metrics: [STATE, CPUS, MOST_MEMORY, MEMORY, CPU_TIME, READ, WRITTEN, RECEIVED, SENT],
  nodes: ({ nodes }) => nodes.filter(({ guests }) => guests.length > 0),
  lines({ node }, ask) {
    const guests = node?.guests ?? []
    return guests
      .flatMap((guest) => guestLines(guest, ask))
      .filter(({ metric: of }) => ask.wants(of.name))
  },
}

const GIB = 2 ** 30
const RUNNING = 1
const SHUT_OFF = 5

/** A domain is always listed; its devices count only while it runs, and from 0 each time. */
function guestLines(guest: Guest, ask: Ask): readonly Line[] {
  const labels = labelsOf(guest)
  const { vcpus, memoryGib } = guest.flavor
  const always = (
    of: Metric,
    at: (since: number | undefined, seconds: number) => number,
  ): Line => ({
    ...ALWAYS,
    metric: of,
    labels,
    at: (seconds) => at(startedAt(guest, seconds), seconds),
  })
  return [
    always(STATE, (since) => (since === undefined ? SHUT_OFF : RUNNING)),
    always(CPUS, () => vcpus),
    always(MOST_MEMORY, () => memoryGib * GIB),
    always(MEMORY, (since) => (since === undefined ? 0 : memoryGib * GIB)),
    always(CPU_TIME, (from, until) => cpuSeconds(guest, from, until)),
    ...runsWithin(guest, ask).flatMap((run) => deviceLines(guest, run)),
  ]
}

function cpuSeconds({ lane }: Guest, from: number | undefined, until: number): number {
  return lane === undefined || from === undefined ? 0 : coreSeconds(lane, { from, until })
}

function deviceLines(guest: Guest, run: Span): readonly Line[] {
  const { lane, uuid, domain } = guest
  if (lane === undefined) return []
  const disk = labelsOf(guest, [
    ['source_file', `/var/lib/nova/instances/${uuid}/disk`],
    ['target_device', 'vda'],
  ])
  const tap = labelsOf(guest, [
    ['source_bridge', 'br-int'],
    ['target_device', `tap${domain.slice(-8)}`],
  ])
  const line = (of: Metric, at: readonly LabelPair[], bytes: typeof readBytes): Line => ({
    ...run,
    metric: of,
    labels: at,
    at: (seconds) => bytes(lane, { from: run.from, until: seconds }),
  })
  return [
    line(READ, disk, readBytes),
    line(WRITTEN, disk, writtenBytes),
    line(RECEIVED, tap, receivedBytes),
    line(SENT, tap, sentBytes),
  ]
}

/** The exporter's labels in its order, which is that of the alphabet. */
const labelsOf = (
  { domain, flavor, name, project, uuid }: Guest,
  device: readonly LabelPair[] = [],
): readonly LabelPair[] => [
  ['domain', domain],
  ['flavor', flavor.name],
  ['name', name],
  ['project_name', project.name],
  ...device,
  ['uuid', uuid],
]
