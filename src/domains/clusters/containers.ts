import { keyOf } from '../../analysis/power/group.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { LatestQuestion, Reading } from '../../services/telemetry/index.ts'
import type { Asked, Needs } from './moment.ts'

export const CONTAINER_STATUSES = ['running', 'waiting', 'terminated', 'unknown'] as const
type ContainerStatus = (typeof CONTAINER_STATUSES)[number]

/** One container of a pod. */
export interface Container {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly status: ContainerStatus
}

const LABELS = ['namespace', 'pod', 'container'] as const

/** The containers that Kubernetes lists. */
export async function readListed(
  { telemetry }: Pick<Needs, 'telemetry'>,
  asked: Asked,
): Promise<Answer<Container>> {
  const { rows, ...account } = await telemetry.latest({
    ...asked,
    entity: 'container',
    labels: LABELS,
    measures: [
      'container_present',
      'container_running',
      'container_waiting',
      'container_terminated',
    ],
    nonzero: true,
    shelf: 'realtime',
  })
  return { rows: containersOf(rows), ...account }
}

/** The containers that Kubernetes knows the requests of, also before they are listed. */
export async function readRequested(
  { telemetry }: Pick<Needs, 'telemetry'>,
  { where, ...asked }: Asked & Pick<LatestQuestion, 'where'>,
): Promise<Answer<Container>> {
  const { rows, ...account } = await telemetry.latest({
    ...asked,
    entity: 'pod',
    labels: [...LABELS, 'node', 'resource'],
    measures: ['resource_requested'],
    where: { ...where, resource: ['cpu'] },
    shelf: 'realtime',
  })
  return { rows: containersOf(rows), ...account }
}

/** Each container once: what is listed comes before what is only requested for. */
function containersOf(rows: readonly Reading[]): readonly Container[] {
  const found = new Map<string, Container>()
  for (const row of rows) {
    const { namespace = '', pod, container } = row.labels
    if (pod === undefined || container === undefined) continue
    const key = keyOf(namespace, pod, container)
    const status = statusOf(row)
    const known = found.get(key)
    if (known === undefined || known.status === 'unknown')
      found.set(key, { namespace, pod, container, status })
  }
  return [...found.values()]
}

function statusOf({ values }: Reading): ContainerStatus {
  if (values.container_running === 1) return 'running'
  if (values.container_waiting === 1) return 'waiting'
  return values.container_terminated === 1 ? 'terminated' : 'unknown'
}
