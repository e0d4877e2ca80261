import { keyOf } from '../../analysis/power/group.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { FleetPower, Pod } from '../../services/fleet/index.ts'
import type { LatestQuestion } from '../../services/telemetry/index.ts'
import { readListed, readRequested, type Container } from './containers.ts'
import { readPhases, type PodPhase } from './kubernetes.ts'
import type { Asked, Needs } from './moment.ts'

type Where = NonNullable<LatestQuestion['where']>

/** How the pods and containers of a cluster fare. */
export interface WorkloadStates extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly phases: ReadonlyMap<string, PodPhase>
  readonly containers: readonly Container[]
}

/**
 * Nearly all pods run and have their containers listed: of those that do not, and they are few, the phase is asked by
 * their names, and of those without containers what they ask for. Every pod has a series for each phase, so to ask
 * for all takes longer than everything else.
 */
export async function readStates(
  needs: Pick<Needs, 'telemetry'>,
  asked: Asked,
  power: Promise<Pick<FleetPower, 'pods'>>,
): Promise<WorkloadStates> {
  const [{ pods }, listed] = await Promise.all([power, readListed(needs, asked)])
  const having = new Set(listed.rows.map(({ namespace, pod }) => keyOf(namespace, pod)))
  const idle = pods.filter(({ running }) => !running)
  const bare = pods.filter(({ namespace, name }) => !having.has(keyOf(namespace, name)))
  const [phases, requested] = await Promise.all([
    readPhases(needs, { ...asked, where: whereOf(idle) ?? { phase: { differsFrom: 'Running' } } }),
    readRequested(needs, { ...asked, where: whereOf(bare) ?? {} }),
  ])
  const running = pods.filter((pod) => pod.running)
  return {
    ...combine([listed, phases, requested]),
    phases: new Map([
      ...running.map((pod) => [keyOfPod(pod), 'running'] as const),
      ...phases.phases,
    ]),
    containers: [...listed.rows, ...unlisted(requested.rows, listed.rows)],
  }
}

const keyOfPod = ({ cluster, namespace, name }: Pod): string => keyOf(cluster, namespace, name)

const keyOfContainer = ({ namespace, pod, container }: Container): string =>
  keyOf(namespace, pod, container)

function unlisted(
  requested: readonly Container[],
  listed: readonly Container[],
): readonly Container[] {
  const known = new Set(listed.map(keyOfContainer))
  return requested.filter((container) => !known.has(keyOfContainer(container)))
}

/** Asking for more pods than this by name would take longer than asking for all of them. */
const MOST_NAMED = 500
/** No pod is called so. */
const NOBODY: Where = { namespace: ['-'], pod: ['-'] }

/** The pods by their names; undefined where they are too many for that. */
function whereOf(pods: readonly Pod[]): Where | undefined {
  if (pods.length > MOST_NAMED) return undefined
  const [namespace, ...namespaces] = new Set(pods.map((pod) => pod.namespace))
  const [name, ...names] = new Set(pods.map((pod) => pod.name))
  if (namespace === undefined || name === undefined) return NOBODY
  return { namespace: [namespace, ...namespaces], pod: [name, ...names] }
}
