import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { NodeName, Workload, WorkloadUse } from '../../analysis/power/input.ts'
import { sumOf } from '../../analysis/power/sum.ts'
import {
  workloadTypeOf,
  type WorkloadSigns,
  type WorkloadType,
} from '../../analysis/workloads/workload-type.ts'
import type { Measure } from '../../catalogue/measures.ts'
import type { Reading } from '../telemetry/index.ts'
import type { NodeOf } from './nodes.ts'
import type { FleetReading, FleetRows } from './parts.ts'

/** What is known of one pod. */
export interface Pod {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly node: NodeName | null
  readonly labels: Reading['labels']
  readonly running: boolean
  /** Whether Kubernetes lists it; of others there are only figures. */
  readonly listed: boolean
  /** The part of a step that it was there; undefined where nobody can say. */
  readonly lived: number | undefined
}

/** The pods of the asked clusters, by name and by uid. */
export interface Pods {
  readonly byName: ReadonlyMap<string, Pod>
  readonly byUid: ReadonlyMap<string, Pod>
  /** False for a pod that its cluster knows and that does not run; of others nobody can say that they do not. */
  isAlive(cluster: string, namespace: string, pod: string): boolean
  typeOf(cluster: string, workload: Workload): WorkloadType
}

/** Brings together what the rows say of each pod. */
export function podsOf(rows: FleetRows, nodeOf: NodeOf): Pods {
  const named = rows.pods.filter(({ labels }) => labels.pod !== undefined)
  const groups = groupBy(named, ({ cluster, labels }) =>
    keyOf(cluster, labels.namespace ?? '', labels.pod ?? ''),
  )
  const pods = [...groups.values()].map((group) => podFrom(group, nodeOf))
  const byName = new Map(pods.map((pod) => [keyOf(pod.cluster, pod.namespace, pod.name), pod]))
  const telling = new Set(
    rows.pods
      .filter(({ values }) => values.pod_running !== undefined)
      .map(({ cluster }) => cluster),
  )
  return {
    byName,
    byUid: podsByUid(pods, rows, nodeOf),
    isAlive: (cluster, namespace, pod) =>
      !telling.has(cluster) || byName.get(keyOf(cluster, namespace, pod))?.running !== false,
    typeOf: (cluster, workload) => typeOf(byName, cluster, workload),
  }
}

/** Pods by their uid, as Kubernetes tells it; else as a source does that has both, for its rows of containers alone. */
function podsByUid(
  listed: readonly Pod[],
  { pod_use: use, container_use: parts }: FleetRows,
  nodeOf: NodeOf,
): ReadonlyMap<string, Pod> {
  const areNamed = parts.every(({ labels }) => labels.pod !== undefined)
  const told = areNamed
    ? []
    : use
        .filter(({ labels }) => labels.pod !== undefined && labels.pod_uid !== undefined)
        .map((row) => ({ ...podFrom([row], nodeOf), running: true }))
  return new Map(
    [...told, ...listed].flatMap((pod) =>
      pod.labels.pod_uid === undefined ? [] : [[keyOf(pod.cluster, pod.labels.pod_uid), pod]],
    ),
  )
}

/** A pod by its name. */
export interface PodName {
  readonly cluster: string
  readonly namespace: string
  readonly pod: string
}

/** Every pod that Kubernetes tells of or that uses a processor, once. */
export function podNamesIn({
  pods,
  pod_use: use,
  container_use: parts,
}: FleetRows): readonly PodName[] {
  const using = [...use, ...parts].filter(({ values }) => values.cpu_cores_used !== undefined)
  const names = new Map<string, PodName>()
  for (const { cluster, labels } of [...pods, ...using]) {
    const { namespace = '', pod } = labels
    if (pod !== undefined) names.set(keyOf(cluster, namespace, pod), { cluster, namespace, pod })
  }
  return [...names.values()]
}

function podFrom(rows: readonly [FleetReading, ...FleetReading[]], nodeOf: NodeOf): Pod {
  const labels = Object.assign({}, ...rows.map((row) => row.labels).reverse()) as Reading['labels']
  const [{ cluster }] = rows
  return {
    cluster,
    namespace: labels.namespace ?? '',
    name: labels.pod ?? '',
    node: nodeOf({ ...rows[0], labels }),
    labels,
    running: rows.some(({ values }) => (values.pod_running ?? 0) > 0),
    listed: rows.some(({ values }) => values.pod_present !== undefined),
    lived: livedOf(rows),
  }
}

/** A pod that was started anew under its name is several rows. */
function livedOf(rows: readonly FleetReading[]): number | undefined {
  const known = rows.flatMap(({ lived }) => lived ?? [])
  return known.length === 0 ? undefined : Math.min(1, sumOf(known))
}

function typeOf(pods: ReadonlyMap<string, Pod>, cluster: string, workload: Workload): WorkloadType {
  if (workload.kind === 'vm') return 'unknown'
  const { namespace, pod, container } = workload
  const labels = pods.get(keyOf(cluster, namespace, pod))?.labels ?? {}
  return workloadTypeOf(signsOf(labels, pod, container))
}

/** What Kubernetes says of a pod that a type can be told from. */
export function signsOf(
  labels: Reading['labels'],
  pod: string,
  container: string | null,
): WorkloadSigns {
  return { ...signsIn(labels), pod, container }
}

const SIGNS = [
  'workload_type',
  'training_job',
  'inference_service',
  'batch_job',
  'owner_kind',
  'app',
] as const

function signsIn(labels: Reading['labels']): Omit<WorkloadSigns, 'pod' | 'container'> {
  const signs = SIGNS.map((label) => [label, labels[label] ?? null] as const)
  // Each of the labels is there once.
  return Object.fromEntries(signs) as Record<(typeof SIGNS)[number], string | null>
}

/** What workloads use of their nodes, by all who tell of it. */
export function usesOf(rows: FleetRows, pods: Pods, nodeOf: NodeOf): readonly WorkloadUse[] {
  const cores = coresOf(rows, nodeOf)
  const reserved = reservedOf(rows, pods)
  const used = [...rows.pod_use, ...rows.container_use, ...rows.vm_use]
  const machines = machinesIn(rows, nodeOf)
  return used.flatMap((row) => {
    const place = placeOf(row, { pods, nodeOf, machines })
    if (place === null) return []
    const whole = cores.get(keyOf(place.node.cluster, place.node.node)) ?? null
    const wanted = reserved.get(podKey(place.node.cluster, place.workload)) ?? null
    const pod = pods.byName.get(podKey(place.node.cluster, place.workload))
    return [useOf(row, place, { cores: whole, reserved: wanted, lived: pod?.lived })]
  })
}

interface Place {
  readonly workload: Workload
  readonly node: NodeName
}

/** Finds the one name of a virtual machine. */
type Machines = (node: NodeName, labels: Reading['labels']) => string

/**
 * Some sources know a machine by its UUID, in small letters or in capitals, and some only by its domain: it must not be
 * counted as two. The UUID is written as it came first.
 */
function machinesIn(rows: FleetRows, nodeOf: NodeOf): Machines {
  const spelled = new Map<string, string>()
  const byDomain = new Map<string, string>()
  for (const row of rows.vm_use) {
    const { vm_id: vm, vm_domain: domain } = row.labels
    const node = nodeOf(row)
    if (vm === undefined || node === null) continue
    const id = keyOf(node.cluster, vm.toLowerCase())
    const name = spelled.get(id) ?? vm
    spelled.set(id, name)
    if (domain !== undefined) byDomain.set(keyOf(node.cluster, node.node, domain), name)
  }
  return ({ cluster, node }, { vm_id: vm, vm_domain: domain = '' }) =>
    vm === undefined
      ? (byDomain.get(keyOf(cluster, node, domain)) ?? domain)
      : (spelled.get(keyOf(cluster, vm.toLowerCase())) ?? vm)
}

interface PlaceContext {
  readonly pods: Pods
  readonly nodeOf: NodeOf
  readonly machines: Machines
}

function placeOf(row: Reading, { pods, nodeOf, machines }: PlaceContext): Place | null {
  const { vm_id: vm, vm_domain: domain } = row.labels
  if (vm === undefined && domain === undefined) return placeOfPod(row, pods, nodeOf)
  const node = nodeOf(row)
  if (node === null) return null
  return { workload: { kind: 'vm', vm: machines(node, row.labels) }, node }
}

function placeOfPod(row: Reading, pods: Pods, nodeOf: NodeOf): Place | null {
  const known = knownPod(row, pods)
  const node = known?.node ?? nodeOf(row)
  const { pod = known?.name, container = null } = row.labels
  if (node === null || pod === undefined) return null
  return { workload: { kind: 'pod', namespace: namespaceOf(row, known), pod, container }, node }
}

const namespaceOf = ({ labels }: Reading, known: Pod | undefined): string =>
  labels.namespace ?? known?.namespace ?? ''

/** The pod that a row names, by its name or by its uid alone. */
function knownPod({ cluster, labels }: Reading, { byName, byUid }: Pods): Pod | undefined {
  const { pod, namespace = '', pod_uid: uid = '' } = labels
  return pod === undefined
    ? byUid.get(keyOf(cluster, uid))
    : byName.get(keyOf(cluster, namespace, pod))
}

interface Sizes {
  readonly cores: number | null
  readonly reserved: number | null
  /** Of its pod, where its own row does not tell. */
  readonly lived: number | undefined
}

function useOf(row: FleetReading, { workload, node }: Place, sizes: Sizes): WorkloadUse {
  const { source, values, lived } = row
  const { cores, reserved } = sizes
  const used = values.cpu_cores_used ?? null
  return {
    ...node,
    workload,
    source,
    cpu_watts: overStep(values.cpu_power_watts, lived),
    dram_watts: overStep(values.dram_power_watts, lived),
    cpu_share: shareOfWhole(used, cores),
    reserved_share: shareOfWhole(reserved, cores),
    lived: lived ?? sizes.lived,
  }
}

/** Watts of the samples of a thing as the mean of the step, in which it drew nothing while it was not there. */
const overStep = (watts: number | undefined, lived = 1): number | null =>
  watts === undefined ? null : watts * lived

/** A part of a whole that is known; else null. */
export function shareOfWhole(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : part / whole
}

/** The processors of each node. */
export function coresOf(rows: FleetRows, nodeOf: NodeOf): ReadonlyMap<string, number> {
  const cores = new Map<string, number>()
  const measures: readonly Measure[] = ['cpu_cores', 'resource_capacity']
  for (const row of [...rows.cores, ...rows.capacity]) {
    const node = nodeOf(row)
    const count = measures.map((measure) => row.values[measure]).find((one) => one !== undefined)
    if (node !== null && count !== undefined) cores.set(keyOf(node.cluster, node.node), count)
  }
  return cores
}

/** The processors that the containers of each living pod ask for. */
export function reservedOf({ requests }: FleetRows, pods: Pods): ReadonlyMap<string, number> {
  const asked = new Map<string, number>()
  for (const { cluster, labels, values } of requests) {
    const { namespace = '', pod = '' } = labels
    if (!pods.isAlive(cluster, namespace, pod)) continue
    const key = keyOf(cluster, namespace, pod)
    asked.set(key, (asked.get(key) ?? 0) + (values.resource_requested ?? 0))
  }
  return asked
}

/** What tells the pod of a workload from all others. */
export const podKey = (cluster: string, workload: Workload): string =>
  workload.kind === 'vm' ? '' : keyOf(cluster, workload.namespace, workload.pod)
