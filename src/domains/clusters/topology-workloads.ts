import { keyOf } from '../../analysis/power/group.ts'
import type { Workload } from '../../analysis/power/input.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import { powerOfWorkloads, type WorkloadPower } from '../../analysis/power/workload-power.ts'
import type { Holder } from './topology-boards.ts'
import { ids, plain, type GraphNode, type Known, type PodName } from './topology-known.ts'

/** The pods, containers and virtual machines of a cluster: those that are listed, and those that only use something. */
export function workloadThings(known: Known, holders: readonly Holder[]): readonly GraphNode[] {
  const whole = powerOfWorkloads(known.portions, wholeWorkload)
  const single = powerOfWorkloads(known.portions, (workload) => workload)
  return [
    ...podThings(known, { holders, powers: whole }),
    ...containerThings(known, { holders, powers: single }),
    ...machineThings(known, whole),
  ]
}

interface Using {
  readonly holders: readonly Holder[]
  readonly powers: readonly WorkloadPower[]
}

interface PlacedPod extends PodName {
  readonly node: string | null
}

function podThings(known: Known, { holders, powers }: Using): readonly GraphNode[] {
  const { cluster, phases } = known
  const watts = wattsByKey(powers)
  const listed = known.pods.map(({ namespace, name, node }) => ({
    namespace,
    pod: name,
    node: node?.node ?? null,
  }))
  const using = powers.flatMap(({ workload, nodes }) =>
    workload.kind === 'pod' ? [{ ...workload, node: nodes[0] ?? null }] : [],
  )
  const run = known.containers.map(({ namespace, pod }) => ({ namespace, pod, node: null }))
  return eachPod([...listed, ...holders, ...using, ...run]).map(({ namespace, pod, node }) => ({
    ...plain,
    id: ids.pod(cluster, { namespace, pod }),
    type: 'pod',
    parent: node === null ? ids.cluster(cluster) : ids.node(cluster, node),
    label: pod,
    status: phases.get(keyOf(cluster, namespace, pod)) ?? 'unknown',
    ...attributed(watts.get(keyOf(namespace, pod, null))),
    namespace,
  }))
}

/** Each pod once, on the first node that anybody names. */
function eachPod(pods: readonly PlacedPod[]): readonly PlacedPod[] {
  const found = new Map<string, PlacedPod>()
  for (const pod of pods) {
    const key = keyOf(pod.namespace, pod.pod)
    const known = found.get(key)
    if (known === undefined || (known.node === null && pod.node !== null)) found.set(key, pod)
  }
  return [...found.values()]
}

function containerThings(known: Known, { holders, powers }: Using): readonly GraphNode[] {
  const { cluster } = known
  const watts = wattsByKey(powers)
  const using = powers.flatMap(({ workload }) => (workload.kind === 'pod' ? [workload] : []))
  const status = new Map(
    known.containers.map((each) => [keyOf(each.namespace, each.pod, each.container), each.status]),
  )
  const named = [...known.containers, ...holders, ...using].flatMap(
    ({ namespace, pod, container }) => (container === null ? [] : [{ namespace, pod, container }]),
  )
  const each = new Map(
    named.map((one) => [keyOf(one.namespace, one.pod, one.container), one] as const),
  )
  return [...each].map(([key, { namespace, pod, container }]) => ({
    ...plain,
    id: ids.container(cluster, { namespace, pod }, container),
    type: 'container',
    parent: ids.pod(cluster, { namespace, pod }),
    label: container,
    status: status.get(key) ?? 'unknown',
    ...attributed(watts.get(key)),
    namespace,
  }))
}

function machineThings(known: Known, powers: readonly WorkloadPower[]): readonly GraphNode[] {
  const { cluster, machines, nodeName } = known
  const watts = wattsByKey(powers)
  const listed = machines.map(({ id, ids: names, name, host, status }) => ({
    id,
    label: name ?? id,
    status,
    node: host === null ? null : nodeName(cluster, host),
    watts: names.map((each) => watts.get(each)).find((found) => found !== undefined),
  }))
  const told = new Set(machines.flatMap((machine) => machine.ids))
  const using = powers.flatMap(({ workload, power_watts: own, nodes }) =>
    workload.kind === 'pod' || told.has(workload.vm)
      ? []
      : [{ id: workload.vm, label: workload.vm, status: 'unknown', node: nodes[0], watts: own }],
  )
  return [...listed, ...using].map(({ id, label, status, node, watts: own }) => ({
    ...plain,
    id: ids.vm(cluster, id),
    type: 'vm',
    parent: node === null || node === undefined ? ids.cluster(cluster) : ids.node(cluster, node),
    label,
    status,
    ...attributed(own),
  }))
}

const wattsByKey = (powers: readonly WorkloadPower[]): ReadonlyMap<string, number> =>
  new Map(powers.map(({ workload, power_watts: watts }) => [keyOfWorkload(workload), watts]))

const keyOfWorkload = (workload: Workload): string =>
  workload.kind === 'vm' ? workload.vm : keyOf(workload.namespace, workload.pod, workload.container)

const attributed = (watts: number | undefined): Pick<GraphNode, 'power_watts' | 'method'> =>
  watts === undefined ? plain : { power_watts: watts, method: 'attributed' }
