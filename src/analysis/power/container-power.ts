import type { Portion } from './figures.ts'
import { groupBy, keyOf } from './group.ts'
import type { Workload, WorkloadUse } from './input.ts'
import { apportion, highestKnown } from './sum.ts'

type Pod = Extract<Workload, { kind: 'pod' }>

/** What the containers of pods are divided by. */
export interface ContainerEvidence {
  readonly uses: readonly WorkloadUse[]
  /** The containers that a pod is known to have. */
  readonly containersOf: (cluster: string, namespace: string, pod: string) => readonly string[]
}

/**
 * Portions of whole pods as portions of their containers: all of a pod with one container, else by the watts that a
 * source gives each container, else by CPU time. They add up to the same. What nothing divides stays with the pod.
 */
export function portionsOfContainers(
  portions: readonly Portion[],
  { uses, containersOf }: ContainerEvidence,
): readonly Portion[] {
  const byPod = groupBy(uses.filter(isOfContainer), podKey)
  return portions.flatMap((portion) => {
    const { cluster, workload } = portion
    if (workload?.kind !== 'pod' || workload.container !== null) return [portion]
    const own = byPod.get(podKey({ cluster, workload })) ?? []
    const told = own.flatMap((use) => containerOf(use.workload) ?? [])
    const known = containersOf(cluster, workload.namespace, workload.pod)
    return divided(portion, workload, { names: [...new Set([...known, ...told])], uses: own })
  })
}

const containerOf = (workload: Workload): string | null =>
  workload.kind === 'pod' ? workload.container : null

const isOfContainer = ({ workload }: WorkloadUse): boolean => containerOf(workload) !== null

/** What tells a pod from all others, whatever the container. */
function podKey({ cluster, workload }: Pick<WorkloadUse, 'cluster' | 'workload'>): string {
  return workload.kind === 'pod'
    ? keyOf(cluster, workload.namespace, workload.pod)
    : keyOf(cluster, workload.vm, 'vm')
}

interface Containers {
  readonly names: readonly string[]
  readonly uses: readonly WorkloadUse[]
}

function divided(portion: Portion, pod: Pod, containers: Containers): readonly Portion[] {
  const weights = weightsOf(portion, containers)
  if (weights === null) return [portion]
  return containers.names.map((container, index) => ({
    ...portion,
    workload: { ...pod, container },
    power_watts: portion.power_watts * (weights[index] ?? 0),
  }))
}

/** The share of each container; null where nothing tells. */
function weightsOf(
  { resource_type: type, power_watts: watts }: Portion,
  { names, uses }: Containers,
): readonly number[] | null {
  if (names.length === 1) return [1]
  if (names.length === 0 || type === 'gpu' || type === 'npu') return null
  if (watts === 0) return names.map(() => 0)
  const byName = (valueOf: (use: WorkloadUse) => number | null) =>
    names.map((name) =>
      highestKnown(uses.filter(({ workload }) => containerOf(workload) === name).map(valueOf)),
    )
  return (
    sharesOf(byName((use) => (type === 'dram' ? use.dram_watts : use.cpu_watts))) ??
    sharesOf(byName((use) => use.cpu_share))
  )
}

function sharesOf(values: readonly (number | null)[]): readonly number[] | null {
  const known = values.filter((value) => value !== null)
  return known.length < values.length ? null : apportion(1, known)
}
