import { combine, type Answer } from '../../kernel/answer.ts'
import type { Measure } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { Reading, Telemetry } from '../telemetry/index.ts'
import type { DeviceKind } from './kinds.ts'

/** Amounts by extended resource. */
export interface KubernetesCounts {
  readonly capacity: Readonly<Record<string, number>>
  readonly allocatable: Readonly<Record<string, number>>
  readonly requested_by_running_pods: Readonly<Record<string, number>>
}

interface KubernetesQuestion {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
}

/** What Kubernetes counts of some kinds of devices, by extended resource: null where no cluster says anything of it. */
export async function kubernetesCounts(
  telemetry: Telemetry,
  { clusters, at, signal }: KubernetesQuestion,
  kinds: NonEmpty<DeviceKind>,
): Promise<{
  readonly counts: KubernetesCounts | null
  readonly account: Pick<Answer<unknown>, 'clusters' | 'warnings'>
}> {
  const asked = { clusters, at, signal }
  const ours = resourcesOf(kinds)
  const [nodes, requests, running] = await Promise.all([
    telemetry.latest({
      ...asked,
      entity: 'node',
      labels: ['node', 'resource'],
      measures: ['resource_capacity', 'resource_allocatable'],
      where: { resource: ours },
      shelf: 'static',
    }),
    telemetry.latest({
      ...asked,
      entity: 'pod',
      labels: ['namespace', 'pod', 'container', 'resource'],
      measures: ['resource_requested'],
      where: { resource: ours },
      shelf: 'realtime',
    }),
    telemetry.latest({
      ...asked,
      entity: 'pod',
      labels: ['namespace', 'pod'],
      measures: ['pod_running'],
      shelf: 'realtime',
    }),
  ])
  const counts = nodes.rows.length === 0 ? null : countsOf(nodes.rows, ofRunning(requests, running))
  return { counts, account: combine([nodes, requests, running]) }
}

function resourcesOf([{ resources }, ...others]: NonEmpty<DeviceKind>) {
  const [first, ...rest] = resources
  return { startsWithOneOf: [first, ...rest, ...others.flatMap((kind) => kind.resources)] } as const
}

const podKey = ({ cluster, labels }: Reading): string =>
  `${cluster}/${labels.namespace ?? ''}/${labels.pod ?? ''}`

/** Requests of pods that have ended still show, so only those of running pods count. */
function ofRunning(requests: Answer<Reading>, running: Answer<Reading>): readonly Reading[] {
  const alive = new Set(running.rows.filter(({ values }) => values.pod_running === 1).map(podKey))
  return requests.rows.filter((row) => alive.has(podKey(row)))
}

function countsOf(nodes: readonly Reading[], requests: readonly Reading[]): KubernetesCounts {
  return {
    capacity: byResource(nodes, 'resource_capacity'),
    allocatable: byResource(nodes, 'resource_allocatable'),
    requested_by_running_pods: byResource(requests, 'resource_requested'),
  }
}

function byResource(rows: readonly Reading[], measure: Measure): Record<string, number> {
  const totals = new Map<string, number>()
  for (const { labels, values } of rows) {
    const name = labels.resource ?? ''
    totals.set(name, (totals.get(name) ?? 0) + (values[measure] ?? 0))
  }
  return Object.fromEntries([...totals].filter(([, total]) => total > 0))
}
