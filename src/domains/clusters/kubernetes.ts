import { keyOf } from '../../analysis/power/group.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { LatestQuestion, Reading } from '../../services/telemetry/index.ts'
import type { Asked, Needs } from './moment.ts'

export const NODE_STATUSES = ['ready', 'not_ready', 'unknown'] as const
export type NodeStatus = (typeof NODE_STATUSES)[number]

const READY: Readonly<Partial<Record<string, NodeStatus>>> = { true: 'ready', false: 'not_ready' }

/** What Kubernetes says of its nodes, by their name; nothing is known of those that are not in it. */
export interface NodeStates {
  readonly status: ReadonlyMap<string, NodeStatus>
  readonly roles: ReadonlyMap<string, readonly string[]>
  readonly unschedulable: ReadonlySet<string>
}

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** Reads whether nodes are ready, and what they are for. */
export async function readNodeStates(
  { telemetry }: Pick<Needs, 'telemetry'>,
  asked: Asked,
): Promise<Account & { readonly states: NodeStates }> {
  const [ready, roles, closed] = await Promise.all([
    telemetry.latest({
      ...asked,
      entity: 'node',
      labels: ['node', 'condition', 'status'],
      measures: ['node_condition'],
      where: { condition: ['Ready'] },
      shelf: 'realtime',
    }),
    telemetry.latest({
      ...asked,
      entity: 'node',
      labels: ['node', 'role'],
      measures: ['node_role'],
      shelf: 'static',
    }),
    telemetry.latest({
      ...asked,
      entity: 'node',
      labels: ['node'],
      measures: ['node_unschedulable'],
      shelf: 'realtime',
    }),
  ])
  return {
    ...combine([ready, roles, closed]),
    states: {
      status: statusesOf(ready.rows),
      roles: rolesOf(roles.rows),
      unschedulable: closedOf(closed.rows),
    },
  }
}

function statusesOf(rows: readonly Reading[]): NodeStates['status'] {
  return new Map(
    rows
      .filter(({ values }) => values.node_condition === 1)
      .map(({ labels }) => [labels.node ?? '', READY[labels.status ?? ''] ?? 'unknown']),
  )
}

function closedOf(rows: readonly Reading[]): NodeStates['unschedulable'] {
  const closed = rows.filter(({ values }) => values.node_unschedulable === 1)
  return new Set(closed.map(({ labels }) => labels.node ?? ''))
}

function rolesOf(rows: readonly Reading[]): NodeStates['roles'] {
  const roles = new Map<string, string[]>()
  for (const { labels, values } of rows) {
    const { node = '', role } = labels
    if (role === undefined || values.node_role === undefined) continue
    roles.set(node, [...(roles.get(node) ?? []), role])
  }
  return roles
}

export const POD_PHASES = ['pending', 'running', 'succeeded', 'failed', 'unknown'] as const
export type PodPhase = (typeof POD_PHASES)[number]

/** The phase of every pod that Kubernetes knows, or of some, by cluster, namespace and name. */
export async function readPhases(
  { telemetry }: Pick<Needs, 'telemetry'>,
  asked: Asked & Pick<LatestQuestion, 'where'>,
): Promise<Account & { readonly phases: ReadonlyMap<string, PodPhase> }> {
  const { rows, ...account } = await telemetry.latest({
    ...asked,
    entity: 'pod',
    labels: ['namespace', 'pod', 'phase'],
    measures: ['pod_phase'],
    shelf: 'realtime',
  })
  const phases = new Map<string, PodPhase>()
  for (const { cluster, labels, values } of rows) {
    const { namespace = '', pod } = labels
    if (pod === undefined || values.pod_phase !== 1) continue
    phases.set(keyOf(cluster, namespace, pod), phaseOf(labels.phase))
  }
  return { ...account, phases }
}

function phaseOf(text: string | undefined): PodPhase {
  const lower = text?.toLowerCase()
  return POD_PHASES.find((phase) => phase === lower) ?? 'unknown'
}
