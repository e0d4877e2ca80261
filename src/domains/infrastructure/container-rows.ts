import {
  amountsIn,
  type ContainerFacts,
  flagIn,
  partsOfWorkload,
  type PodFacts,
  type PodRead,
  sourcesOf,
  textIn,
  timeIn,
  valueIn,
  workloadUse,
  workloadWatts,
} from '../../services/workloads/index.ts'
import type { CONTAINER_STATES, ContainerMetrics, ContainerRow } from './pod-schemas.ts'

/** A container and the pod that it is in. */
export interface PlacedContainer {
  readonly pod: PodFacts
  readonly container: ContainerFacts
}

/** How a container fares. */
export function stateOf({ rows }: Pick<ContainerFacts, 'rows'>) {
  const state = stateIn(rows)
  const reasons = rows('container_reasons')
  const reason = (measure: 'container_waiting_reason' | 'container_terminated_reason') =>
    textIn(
      reasons.filter(({ values }) => values[measure] !== undefined),
      'reason',
    )
  return {
    image: textIn(rows('containers'), 'image'),
    state,
    reason:
      state === 'waiting'
        ? reason('container_waiting_reason')
        : state === 'terminated'
          ? reason('container_terminated_reason')
          : null,
    ready: flagIn(rows('states'), 'container_ready'),
    restarts: valueIn(rows('states'), 'container_restarts'),
  }
}

const STATES = ['running', 'waiting', 'terminated'] as const

function stateIn(rows: ContainerFacts['rows']): (typeof CONTAINER_STATES)[number] {
  return STATES.find((state) => flagIn(rows('states'), `container_${state}`) === true) ?? 'unknown'
}

/** `containerd://1f…` without its runtime. */
export const bareId = (containerId: string): string => containerId.replace(/^[a-z-]+:\/\//, '')

/** The id by which a container is asked for. */
export function idOf({ pod, container }: PlacedContainer): string {
  const id = textIn(container.rows('containers'), 'container_id')
  return id === null ? nameOf({ pod, container }) : bareId(id)
}

/** A container by the names that people gave. */
export const nameOf = ({ pod, container }: PlacedContainer): string =>
  `${pod.namespace}:${pod.pod}:${container.container}`

const placeOf = ({ cluster, namespace, pod }: PodFacts) => ({ cluster, namespace, pod })

/** A container as every list shows it. */
export function containerRow(placed: PlacedContainer): ContainerRow {
  const { pod, container } = placed
  const { rows, power } = container
  const last = rows('container_reasons').filter(
    ({ values }) => values.container_last_terminated_reason !== undefined,
  )
  return {
    ...placeOf(pod),
    container: container.container,
    id: idOf(placed),
    node: pod.node,
    image_id: textIn(rows('containers'), 'image_id'),
    ...stateOf(container),
    last_terminated_reason: textIn(last, 'reason'),
    started_at: timeIn(rows('states'), 'container_started_seconds'),
    requests: amountsIn(rows('amounts'), 'resource_requested'),
    limits: amountsIn(rows('amounts'), 'resource_limit'),
    cpu_cores_used: valueIn(rows('container_use'), 'cpu_cores_used'),
    memory_used_mb: valueIn(rows('container_use'), 'memory_working_set_mb'),
    ...workloadWatts(power),
    sources: [...sourcesIn(container)],
  }
}

const QUESTIONS: readonly PodRead[] = ['containers', 'states', 'amounts', 'container_use']

const sourcesIn = ({ rows, power }: ContainerFacts): readonly string[] =>
  [
    ...new Set([...sourcesOf(QUESTIONS.flatMap((name) => rows(name))), ...(power?.sources ?? [])]),
  ].sort()

/** Every figure of one container. */
export function containerMetrics(placed: PlacedContainer): ContainerMetrics {
  const { pod, container } = placed
  const { rows, power } = container
  return {
    ...placeOf(pod),
    container: container.container,
    id: idOf(placed),
    node: pod.node,
    ...workloadUse(rows('container_use'), rows('amounts')),
    restarts: valueIn(rows('states'), 'container_restarts'),
    power_parts: partsOfWorkload(power),
    ...workloadWatts(power),
    sources: [...sourcesIn(container)],
  }
}
