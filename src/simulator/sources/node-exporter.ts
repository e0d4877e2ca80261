import type { Node } from '../datacentre.ts'
import { busyCores, coreSeconds } from '../node-truth.ts'
import { shortest, WHOLE } from '../numbers.ts'
import type { LabelPair } from '../pods.ts'
import { ALWAYS, type Line, type Metric, type Source } from '../series.ts'
import { bootedAt, pureOf } from './machine-clock.ts'
import { RAPL_METRICS, raplLines } from './rapl.ts'
import { receivedBytes, sentBytes, workingSetBytes } from './pod-use.ts'

const gauge = (name: string, help: string, form = WHOLE): Metric => ({
  name,
  help,
  type: 'gauge',
  form,
})
const counter = (name: string, help: string, form = WHOLE): Metric => ({
  name,
  help,
  type: 'counter',
  form,
})

const CPU = counter('node_cpu_seconds_total', 'Seconds the CPUs spent in each mode.', shortest(2))
const LOAD1 = gauge('node_load1', '1m load average.', shortest(2))
const TOTAL = gauge('node_memory_MemTotal_bytes', 'Memory information field MemTotal_bytes.')
const AVAILABLE = gauge(
  'node_memory_MemAvailable_bytes',
  'Memory information field MemAvailable_bytes.',
)
const SIZE = gauge('node_filesystem_size_bytes', 'Filesystem size in bytes.')
const ROOM = gauge(
  'node_filesystem_avail_bytes',
  'Filesystem space available to non-root users in bytes.',
)
const RECEIVED = counter(
  'node_network_receive_bytes_total',
  'Network device statistic receive_bytes.',
)
const SENT = counter(
  'node_network_transmit_bytes_total',
  'Network device statistic transmit_bytes.',
)
const UNAME = gauge(
  'node_uname_info',
  'Labeled system information as provided by the uname system call.',
)

const WRITERS: readonly (readonly [Metric, (node: Node) => readonly Line[]])[] = [
  [CPU, cpuLines],
  [LOAD1, (node) => [line(LOAD1, [], (seconds) => busyCores(node, seconds) + 0.3)]],
  [TOTAL, ({ machine }) => [line(TOTAL, [], () => machine.memoryBytes)]],
  [AVAILABLE, (node) => [line(AVAILABLE, [], (seconds) => availableBytes(node, seconds))]],
  [SIZE, () => [line(SIZE, DISK, () => DISK_BYTES)]],
  [ROOM, () => [line(ROOM, DISK, () => 0.62 * DISK_BYTES)]],
  [
    RECEIVED,
    (node) => [line(RECEIVED, ETH0, (seconds) => trafficOf(node, seconds, receivedBytes))],
  ],
  [SENT, (node) => [line(SENT, ETH0, (seconds) => trafficOf(node, seconds, sentBytes))]],
  [UNAME, (node) => [line(UNAME, unameOf(node), () => 1)]],
]

/** node_exporter 1.x, on every node of a cluster that watches its machines; it reads RAPL where Kepler does not. */
export const nodeExporter: Source = {
  name: 'node_exporter',
  metrics: [...WRITERS.map(([metric]) => metric), ...RAPL_METRICS],
  nodes: ({ nodes, plan }) => (plan.watchesMachines ? nodes : []),
  *lines({ cluster: { plan }, node }, ask) {
    if (node === undefined) return
    if (!plan.kepler) yield* raplLines(node, ask)
    for (const [{ name }, write] of WRITERS) if (ask.wants(name)) yield* write(node)
  },
}

const line = (metric: Metric, labels: readonly LabelPair[], at: Line['at']): Line => ({
  ...ALWAYS,
  metric,
  labels,
  at,
})

/** The cores share the work evenly; what they do not spend on it they idle. */
function cpuLines(node: Node): readonly Line[] {
  const { cores } = node.machine
  const busyEach = pureOf((seconds) => {
    const span = { from: bootedAt(node, seconds), until: seconds }
    return node.work.reduce((sum, lane) => sum + coreSeconds(lane, span), 0) / cores
  })
  return Array.from({ length: cores }, (_, core) => String(core)).flatMap((cpu) => [
    line(
      CPU,
      [
        ['cpu', cpu],
        ['mode', 'idle'],
      ],
      (seconds) => seconds - bootedAt(node, seconds) - busyEach(seconds),
    ),
    line(
      CPU,
      [
        ['cpu', cpu],
        ['mode', 'user'],
      ],
      busyEach,
    ),
  ])
}

const KEPT_SHARE = 0.04

function availableBytes({ machine, work }: Node, seconds: number): number {
  const held = work.reduce((sum, lane) => sum + workingSetBytes(lane, seconds), 0)
  return Math.max(0, machine.memoryBytes * (1 - KEPT_SHARE) - held)
}

const DISK_BYTES = 1_920_383_410_176
const DISK: readonly LabelPair[] = [
  ['device', '/dev/nvme0n1p2'],
  ['fstype', 'ext4'],
  ['mountpoint', '/'],
]
const ETH0: readonly LabelPair[] = [['device', 'eth0']]

/** What all pods since the node was started have moved. */
function trafficOf(node: Node, seconds: number, bytesOf: typeof receivedBytes): number {
  const span = { from: bootedAt(node, seconds), until: seconds }
  return node.work.reduce((sum, lane) => sum + bytesOf(lane, span), 0)
}

const unameOf = (node: Node): readonly LabelPair[] => [
  ['domainname', '(none)'],
  ['machine', 'x86_64'],
  ['nodename', node.name],
  ['release', '6.8.0-63-generic'],
  ['sysname', 'Linux'],
  ['version', '#66-Ubuntu SMP PREEMPT_DYNAMIC'],
]
