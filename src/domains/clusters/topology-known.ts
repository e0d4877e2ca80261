import type { Method, Portion, PowerAccount } from '../../analysis/power/figures.ts'
import type { SourcedTotal } from '../../analysis/power/totals.ts'
import type { Thing } from '../../analysis/topology/graph.ts'
import type { ClusterStatus } from '../../kernel/answer.ts'
import type { Found } from '../../services/devices/index.ts'
import type { FleetPower } from '../../services/fleet/index.ts'
import type { Container } from './containers.ts'
import type { NodeStates, PodPhase } from './kubernetes.ts'
import type { Machine } from './machines.ts'

/** One thing of a graph, as it is drawn. */
export interface GraphNode extends Thing {
  readonly label: string
  readonly status: string
  readonly power_watts: number | null
  readonly method: Method | null
  readonly utilization_percent: number | null
  readonly namespace: string | null
  readonly vendor: string | null
  readonly model: string | null
}

type Named = Pick<GraphNode, 'id' | 'type' | 'label' | 'parent' | 'status'>

/** A thing with nulls for what it does not have. It is written field by field: there are tens of thousands. */
export function graphNode(own: Named & Partial<GraphNode>): GraphNode {
  return {
    id: own.id,
    type: own.type,
    label: own.label,
    parent: own.parent,
    status: own.status,
    power_watts: own.power_watts ?? null,
    method: own.method ?? null,
    utilization_percent: own.utilization_percent ?? null,
    namespace: own.namespace ?? null,
    vendor: own.vendor ?? null,
    model: own.model ?? null,
  }
}

/** Everything that is known of one cluster. */
export interface Known extends Pick<FleetPower, 'nodeName' | 'pods'> {
  readonly cluster: string
  readonly status: ClusterStatus
  readonly account: PowerAccount
  readonly total: SourcedTotal
  readonly portions: readonly Portion[]
  readonly states: NodeStates
  readonly phases: ReadonlyMap<string, PodPhase>
  readonly containers: readonly Container[]
  readonly devices: readonly Found[]
  readonly machines: readonly Machine[]
}

/** The ids of things: the same for the same thing in every answer. */
export const ids = {
  cluster: (cluster: string) => `cluster:${cluster}`,
  node: (cluster: string, node: string) => `node:${cluster}/${node}`,
  accelerator: (cluster: string, device: string) => `accelerator:${cluster}/${device}`,
  partition: (cluster: string, device: string, part: string) =>
    `partition:${cluster}/${device}/${part}`,
  vm: (cluster: string, vm: string) => `vm:${cluster}/${vm}`,
  pod: (cluster: string, { namespace, pod }: PodName) => `pod:${cluster}/${namespace}/${pod}`,
  container: (cluster: string, { namespace, pod }: PodName, container: string) =>
    `container:${cluster}/${namespace}/${pod}/${container}`,
} as const

export interface PodName {
  readonly namespace: string
  readonly pod: string
}
