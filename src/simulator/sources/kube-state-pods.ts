import type { Node } from '../datacentre.ts'
import type { Lane } from '../lane.ts'
import { shortest } from '../numbers.ts'
import { podsWithin, type LabelPair, type Pod } from '../pods.ts'
import type { Ask, Line, Metric } from '../series.ts'
import type { Span } from '../spans.ts'
import { CONTAINER_METRICS, containerLines } from './kube-state-containers.ts'

const gauge = (name: string, help: string): Metric => ({
  name,
  help: `[STABLE] ${help}`,
  type: 'gauge',
  form: shortest(3),
})

const INFO = gauge('kube_pod_info', 'Information about pod.')
const OWNER = gauge('kube_pod_owner', "Information about the Pod's owner.")
const PHASE = gauge('kube_pod_status_phase', 'The pods current phase.')
const LABELS = gauge('kube_pod_labels', 'Kubernetes labels converted to Prometheus labels.')
const REQUESTS = gauge(
  'kube_pod_container_resource_requests',
  'The number of requested request resource by a container. It is recommended to use the kube_pod_resource_requests metric exposed by kube-scheduler instead, as it is more precise.',
)
const LIMITS = gauge(
  'kube_pod_container_resource_limits',
  'The number of requested limit resource by a container. It is recommended to use the kube_pod_resource_limits metric exposed by kube-scheduler instead, as it is more precise.',
)

/** What kube-state-metrics says of pods. */
export const POD_METRICS: readonly Metric[] = [
  INFO,
  OWNER,
  PHASE,
  LABELS,
  REQUESTS,
  LIMITS,
  ...CONTAINER_METRICS,
]

/** A pod is known this long before its container runs, and after it has completed. */
export const PENDING_SECONDS = 30
/** For how long a job's pod stays listed once it has ended: `ttlSecondsAfterFinished`. */
export const FINISHED_SECONDS = 600

/** The lines of all pods of a node. */
export function* podLines(node: Node, ask: Ask): Generator<Line> {
  if (!POD_METRICS.some(({ name }) => ask.wants(name))) return
  const wider = { from: ask.from - FINISHED_SECONDS, until: ask.until + PENDING_SECONDS }
  for (const [order, lane] of node.lanes.entries())
    for (const pod of podsWithin(lane, wider)) yield* linesOf({ node, lane, pod, order }, ask)
}

/** A pod and where it runs; `order` is that of its lane on the node. */
interface Placed {
  readonly node: Node
  readonly lane: Lane
  readonly pod: Pod
  readonly order: number
}

const WRITERS: readonly (readonly [Metric, (placed: Placed) => readonly Line[]])[] = [
  [INFO, infoLines],
  [OWNER, ownerLines],
  [PHASE, phaseLines],
  [LABELS, ({ pod }) => [present(LABELS, pod, pod.labels)]],
  [REQUESTS, (placed) => resourceLines(REQUESTS, placed)],
  [LIMITS, (placed) => resourceLines(LIMITS, placed)],
]

function linesOf(placed: Placed, ask: Ask): readonly Line[] {
  const own = WRITERS.filter(([metric]) => ask.wants(metric.name))
  return [
    ...own.flatMap(([, write]) => write(placed)),
    ...containerLines(placed.pod, listed(placed.pod), ask.wants),
  ]
}

/** From when a pod is made until it is removed. */
function listed(pod: Pod): Span {
  return {
    from: pod.from - PENDING_SECONDS,
    until: pod.completes ? pod.until + FINISHED_SECONDS : pod.until,
  }
}

function identity(pod: Pod): readonly LabelPair[] {
  return [
    ['namespace', pod.namespace],
    ['pod', pod.name],
    ['uid', pod.uid],
  ]
}

function present(metric: Metric, pod: Pod, labels: readonly LabelPair[]): Line {
  return { ...listed(pod), metric, labels: [...identity(pod), ...labels], at: () => 1 }
}

function infoLines({ node, pod, order }: Placed): readonly Line[] {
  const labels: readonly LabelPair[] = [
    ['host_ip', node.address],
    ['pod_ip', `${node.podNetwork}.${10 + (order % 240)}`],
    ['node', node.name],
    ['created_by_kind', pod.ownerKind],
    ['created_by_name', pod.ownerName],
    ['priority_class', ''],
    ['host_network', 'false'],
  ]
  return [present(INFO, pod, labels)]
}

function ownerLines({ pod }: Placed): readonly Line[] {
  const labels: readonly LabelPair[] = [
    ['owner_kind', pod.ownerKind],
    ['owner_name', pod.ownerName],
    ['owner_is_controller', pod.ownerKind === '' ? '' : 'true'],
  ]
  return [present(OWNER, pod, labels)]
}

const PHASES = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running']

/** Five rows a pod; that of its phase is 1. */
function phaseLines({ pod }: Placed): readonly Line[] {
  return PHASES.map((phase) => ({
    ...listed(pod),
    metric: PHASE,
    labels: [...identity(pod), ['phase', phase] as const],
    at: (seconds) => (phaseAt(pod, seconds) === phase ? 1 : 0),
  }))
}

function phaseAt(pod: Pod, seconds: number): string {
  if (seconds < pod.from) return 'Pending'
  return seconds < pod.until ? 'Running' : 'Succeeded'
}

/** Extended resources are the same as request and as limit; CPU has no limit. */
function resourceLines(metric: Metric, { node, lane, pod }: Placed): readonly Line[] {
  const amounts = [
    ...(metric === REQUESTS ? [{ resource: 'cpu', unit: 'core', amount: lane.cores }] : []),
    { resource: 'memory', unit: 'byte', amount: lane.memoryBytes },
    ...(lane.resource === undefined
      ? []
      : [{ resource: lane.resource.name, unit: 'integer', amount: lane.resource.amount }]),
  ]
  return amounts.map(({ resource, unit, amount }) => {
    const labels: readonly LabelPair[] = [
      ['container', pod.container],
      ['node', node.name],
      ['resource', resource],
      ['unit', unit],
    ]
    return { ...present(metric, pod, labels), at: () => amount }
  })
}
