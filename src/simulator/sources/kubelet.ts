import type { Node } from '../datacentre.ts'
import { coreSeconds } from '../node-truth.ts'
import { shortest, WHOLE } from '../numbers.ts'
import { podsWithin, type LabelPair, type Pod } from '../pods.ts'
import { ALWAYS, type Ask, type Line, type Metric, type Source } from '../series.ts'
import { bootedAt } from './machine-clock.ts'
import { containerIdOf } from './container-ids.ts'
import { receivedBytes, sentBytes, workingSetBytes } from './pod-use.ts'

const CPU: Metric = {
  name: 'container_cpu_usage_seconds_total',
  help: 'Cumulative cpu time consumed in seconds.',
  type: 'counter',
  form: shortest(6),
}
const MEMORY: Metric = {
  name: 'container_memory_working_set_bytes',
  help: 'Current working set in bytes.',
  type: 'gauge',
  form: WHOLE,
}
const RECEIVED: Metric = {
  name: 'container_network_receive_bytes_total',
  help: 'Cumulative count of bytes received',
  type: 'counter',
  form: WHOLE,
}
const SENT: Metric = {
  name: 'container_network_transmit_bytes_total',
  help: 'Cumulative count of bytes transmitted',
  type: 'counter',
  form: WHOLE,
}
const CORES: Metric = {
  name: 'machine_cpu_cores',
  help: 'Number of logical CPU cores.',
  type: 'gauge',
  form: WHOLE,
}
const INSTALLED: Metric = {
  name: 'machine_memory_bytes',
  help: 'Amount of memory installed on the machine.',
  type: 'gauge',
  form: WHOLE,
}

const POD_METRICS = [CPU, MEMORY, RECEIVED, SENT]

/** The kubelet's cAdvisor, on every node of a cluster that watches its machines. */
export const kubelet: Source = {
  name: 'kubelet',
  metrics: [...POD_METRICS, CORES, INSTALLED],
  nodes: ({ nodes, plan }) => (plan.watchesMachines ? nodes : []),
  *lines({ node }, ask) {
    if (node === undefined) return
    if (ask.wants(CORES.name)) yield machineLine(CORES, node, node.machine.cores)
    if (ask.wants(INSTALLED.name)) yield machineLine(INSTALLED, node, node.machine.memoryBytes)
    yield* podLines(node, ask)
  },
}

const machineLine = (metric: Metric, node: Node, value: number): Line => ({
  ...ALWAYS,
  metric,
  labels: [
    ['machine_id', node.systemUuid.replaceAll('-', '')],
    ['system_uuid', node.systemUuid],
  ],
  at: () => value,
})

function podLines(node: Node, ask: Ask): readonly Line[] {
  if (!POD_METRICS.some(({ name }) => ask.wants(name))) return []
  return node.lanes
    .flatMap((lane) => podsWithin(lane, ask))
    .flatMap((pod) => linesOf(node, pod))
    .filter(({ metric }) => ask.wants(metric.name))
}

/** The container of a pod; the sandbox, which holds the network; and the pod around both. */
function linesOf(node: Node, pod: Pod): readonly Line[] {
  const { from, until, lane } = pod
  const since = (seconds: number) => ({
    from: Math.max(from, bootedAt(node, seconds)),
    until: seconds,
  })
  const cpu = (seconds: number) => coreSeconds(lane, since(seconds))
  const memory = (seconds: number) => workingSetBytes(lane, seconds)
  const line = (metric: Metric, labels: readonly LabelPair[], at: Line['at']): Line => ({
    from,
    until,
    metric,
    labels,
    at,
  })
  const own = containerLabels(pod)
  const whole = podLabels(pod)
  const eth0: readonly LabelPair[] = [...whole, ['interface', 'eth0']]
  return [
    line(CPU, [...own, ['cpu', 'total']], cpu),
    line(CPU, [...whole, ['cpu', 'total']], cpu),
    line(MEMORY, own, memory),
    line(MEMORY, whole, memory),
    line(RECEIVED, eth0, (seconds) => receivedBytes(lane, since(seconds))),
    line(SENT, eth0, (seconds) => sentBytes(lane, since(seconds))),
  ]
}

function containerLabels(pod: Pod): readonly LabelPair[] {
  const id = containerIdOf(pod)
  return [
    ['container', pod.container],
    ['id', `/kubepods.slice/kubepods-pod${pod.uid}.slice/cri-containerd-${id}.scope`],
    ['image', pod.image],
    ['name', id],
    ['namespace', pod.namespace],
    ['pod', pod.name],
  ]
}

const podLabels = (pod: Pod): readonly LabelPair[] => [
  ['container', ''],
  ['id', `/kubepods.slice/kubepods-pod${pod.uid}.slice`],
  ['image', ''],
  ['name', ''],
  ['namespace', pod.namespace],
  ['pod', pod.name],
]
