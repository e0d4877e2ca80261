import { WHOLE } from '../numbers.ts'
import type { LabelPair, Pod } from '../pods.ts'
import type { Line, Metric } from '../series.ts'
import type { Span } from '../spans.ts'
import { containerIdOf } from './container-ids.ts'

const gauge = (name: string, help: string): Metric => ({
  name,
  help: `[STABLE] ${help}`,
  type: 'gauge',
  form: WHOLE,
})

const INFO = gauge('kube_pod_container_info', 'Information about a container in a pod.')
const RUNNING = gauge(
  'kube_pod_container_status_running',
  'Describes whether the container is currently in running state.',
)
const WAITING = gauge(
  'kube_pod_container_status_waiting',
  'Describes whether the container is currently in waiting state.',
)
const TERMINATED = gauge(
  'kube_pod_container_status_terminated',
  'Describes whether the container is currently in terminated state.',
)
const READY = gauge(
  'kube_pod_container_status_ready',
  'Describes whether the containers readiness check succeeded.',
)
const RESTARTS: Metric = {
  ...gauge(
    'kube_pod_container_status_restarts_total',
    'The number of container restarts per container.',
  ),
  type: 'counter',
}
const STARTED = gauge(
  'kube_pod_container_state_started',
  'Start time in unix timestamp for a pod container.',
)
const CREATED = gauge('kube_pod_created', 'Unix creation timestamp')
const START = gauge('kube_pod_start_time', 'Start time in unix timestamp for a pod.')

const REASON = gauge('kube_pod_status_reason', 'The pod status reasons')
const REASONS = ['Evicted', 'NodeAffinity', 'NodeLost', 'Shutdown', 'UnexpectedAdmissionError']

type Write = (pod: Pod, listed: Span) => Line

/** When a pod is at each state of its container. */
const STATES: readonly (readonly [Metric, (pod: Pod, seconds: number) => boolean])[] = [
  [RUNNING, ({ from, until }, seconds) => seconds >= from && seconds < until],
  [READY, ({ from, until }, seconds) => seconds >= from && seconds < until],
  [WAITING, ({ from }, seconds) => seconds < from],
  [TERMINATED, ({ until }, seconds) => seconds >= until],
]

const WRITERS: readonly (readonly [Metric, Write])[] = [
  [INFO, infoLine],
  // No pod of ours is ever put out.
  ...REASONS.map(
    (reason) => [REASON, (pod: Pod, listed: Span) => reasonLine(pod, listed, reason)] as const,
  ),
  ...STATES.map(
    ([metric, isSo]) =>
      [
        metric,
        (pod: Pod, listed: Span) =>
          line(metric, pod, { ...listed, at: (t) => Number(isSo(pod, t)) }),
      ] as const,
  ),
  [RESTARTS, (pod, listed) => line(RESTARTS, pod, { ...listed, at: () => 0 })],
  [STARTED, (pod, { until }) => line(STARTED, pod, { from: pod.from, until, at: () => pod.from })],
  [CREATED, (pod, listed) => ({ ...podLine(CREATED, pod), ...listed, at: () => listed.from })],
  [START, (pod, listed) => ({ ...podLine(START, pod), ...listed, at: () => listed.from })],
]

/** What kube-state-metrics says of the containers of pods, and when pods were made. */
export const CONTAINER_METRICS: readonly Metric[] = [...new Set(WRITERS.map(([metric]) => metric))]

/** The lines of a pod and its container for as long as it is listed. */
export function containerLines(
  pod: Pod,
  listed: Span,
  wants: (metric: string) => boolean,
): readonly Line[] {
  return WRITERS.filter(([{ name }]) => wants(name)).map(([, write]) => write(pod, listed))
}

const podLine = (metric: Metric, pod: Pod) => ({
  metric,
  labels: [
    ['namespace', pod.namespace],
    ['pod', pod.name],
    ['uid', pod.uid],
  ] as readonly LabelPair[],
})

function reasonLine(pod: Pod, listed: Span, reason: string): Line {
  const { metric, labels } = podLine(REASON, pod)
  return { ...listed, metric, labels: [...labels, ['reason', reason]], at: () => 0 }
}

function line(metric: Metric, pod: Pod, when: Pick<Line, 'from' | 'until' | 'at'>): Line {
  const { labels } = podLine(metric, pod)
  return { metric, labels: [...labels, ['container', pod.container]], ...when }
}

function infoLine(pod: Pod, listed: Span): Line {
  const { labels, ...rest } = line(INFO, pod, { ...listed, at: () => 1 })
  return {
    ...rest,
    labels: [
      ...labels,
      ['image_spec', pod.image],
      ['image', pod.image],
      ['image_id', `registry.example@sha256:${containerIdOf(pod)}`],
      ['container_id', `containerd://${containerIdOf(pod)}`],
    ],
  }
}
