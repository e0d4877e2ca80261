import { keyOf } from '../../analysis/power/group.ts'
import type { Portion } from '../../analysis/power/figures.ts'
import type { Workload } from '../../analysis/power/input.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import type { Holder } from './topology-boards.ts'
import { graphNode, ids, type GraphNode, type Known, type PodName } from './topology-known.ts'

/** The pods, containers and virtual machines of a cluster: those that are listed, and those that only use something. */
export function workloadThings(known: Known, holders: readonly Holder[]): readonly GraphNode[] {
  const whole = drawnBy(known.portions, wholeWorkload)
  const single = drawnBy(known.portions, (workload) => workload)
  return [
    ...podThings(known, { holders, powers: whole }),
    ...containerThings(known, { holders, powers: single }),
    ...machineThings(known, whole),
  ]
}

/** What a workload is attributed, and a node that it is on. */
interface Drawn {
  readonly workload: Workload
  readonly node: string | null
  readonly power_watts: number
}

/** By `keyOfWorkload`. */
type AllDrawn = ReadonlyMap<string, Drawn>

interface Using {
  readonly holders: readonly Holder[]
  readonly powers: AllDrawn
}

/** One pass over all portions: a large cluster has tens of thousands. */
function drawnBy(
  portions: readonly Portion[],
  levelOf: (workload: Workload) => Workload,
): AllDrawn {
  const drawn = new Map<string, Drawn>()
  for (const { workload: named, node, power_watts: watts } of portions) {
    if (named === null) continue
    const workload = levelOf(named)
    const key = keyOfWorkload(workload)
    const known = drawn.get(key)
    drawn.set(key, {
      workload,
      node: known?.node ?? node,
      power_watts: (known?.power_watts ?? 0) + watts,
    })
  }
  return drawn
}

interface PlacedPod extends PodName {
  readonly node: string | null
}

function podThings(known: Known, { holders, powers }: Using): readonly GraphNode[] {
  const { cluster, phases } = known
  const listed = known.pods.map(({ namespace, name, node }) => ({
    namespace,
    pod: name,
    node: node?.node ?? null,
  }))
  const using = [...powers.values()].flatMap(({ workload, node }) =>
    workload.kind === 'pod' ? [{ ...workload, node }] : [],
  )
  const run = known.containers.map(({ namespace, pod }) => ({ namespace, pod, node: null }))
  return eachPod([...listed, ...holders, ...using, ...run]).map(({ namespace, pod, node }) =>
    graphNode({
      id: ids.pod(cluster, { namespace, pod }),
      type: 'pod',
      parent: node === null ? ids.cluster(cluster) : ids.node(cluster, node),
      label: pod,
      status: phases.get(keyOf(cluster, namespace, pod)) ?? 'unknown',
      ...attributed(powers.get(keyOf(namespace, pod, null))),
      namespace,
    }),
  )
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
  const using = [...powers.values()].flatMap(({ workload }) =>
    workload.kind === 'pod' ? [workload] : [],
  )
  const status = new Map(
    known.containers.map((each) => [keyOf(each.namespace, each.pod, each.container), each.status]),
  )
  const named = [...known.containers, ...holders, ...using].flatMap(
    ({ namespace, pod, container }) => (container === null ? [] : [{ namespace, pod, container }]),
  )
  const each = new Map(
    named.map((one) => [keyOf(one.namespace, one.pod, one.container), one] as const),
  )
  return [...each].map(([key, { namespace, pod, container }]) =>
    graphNode({
      id: ids.container(cluster, { namespace, pod }, container),
      type: 'container',
      parent: ids.pod(cluster, { namespace, pod }),
      label: container,
      status: status.get(key) ?? 'unknown',
      ...attributed(powers.get(key)),
      namespace,
    }),
  )
}

function machineThings(known: Known, powers: AllDrawn): readonly GraphNode[] {
  const { cluster, machines, nodeName } = known
  const listed = machines.map(({ id, ids: names, name, host, status }) => ({
    id,
    label: name ?? id,
    status,
    node: host === null ? null : nodeName(cluster, host),
    drawn: names.map((each) => powers.get(each)).find((found) => found !== undefined),
  }))
  const told = new Set(machines.flatMap((machine) => machine.ids))
  const using = [...powers.values()].flatMap((drawn) => {
    const { workload, node } = drawn
    if (workload.kind === 'pod' || told.has(workload.vm)) return []
    return [{ id: workload.vm, label: workload.vm, status: 'unknown', node, drawn }]
  })
  return [...listed, ...using].map(({ id, label, status, node, drawn }) =>
    graphNode({
      id: ids.vm(cluster, id),
      type: 'vm',
      parent: node === null ? ids.cluster(cluster) : ids.node(cluster, node),
      label,
      status,
      ...attributed(drawn),
    }),
  )
}

const keyOfWorkload = (workload: Workload): string =>
  workload.kind === 'vm' ? workload.vm : keyOf(workload.namespace, workload.pod, workload.container)

const attributed = (drawn: Drawn | undefined): Pick<GraphNode, 'power_watts' | 'method'> =>
  drawn === undefined
    ? { power_watts: null, method: null }
    : { power_watts: drawn.power_watts, method: 'attributed' }
