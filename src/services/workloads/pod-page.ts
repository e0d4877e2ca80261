import { keyOf } from '../../analysis/power/group.ts'
import { combine } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { FleetPower } from '../fleet/index.ts'
import type { Account, Asked, Needs } from './asked.ts'
import { podsOf, type PodFacts } from './pod-inventory.ts'
import { workloadKeys } from './pod-keys.ts'
import { POD_READS } from './pod-reads.ts'
import { powerNow, type PowerNow } from './power-now.ts'
import { heardOnly, readAll, type Where } from './reads.ts'

/** A part of the pods in the order of their names: cluster, namespace, pod. */
export interface PodPage {
  readonly pods: readonly PodFacts[]
  /** How many pods there are. */
  readonly total: number
  readonly account: Account
}

export interface PodPageQuestion extends Asked {
  /** Only pods of this namespace. */
  readonly namespace?: string | undefined
  readonly limit: number
  readonly offset: number
}

/** Asking for more pods than this by name would take longer than asking for all of them. */
const MOST_NAMED = 500

/**
 * One page of the pods: their watts are accounted with those of all others, and everything else is asked for the pods
 * of the page alone. Null where all of them have to be read: for a large page, and where a cluster does not list its
 * pods, so that only everything else tells which there are.
 */
export async function readPodPage(
  needs: Needs,
  { namespace, limit, offset, ...asked }: PodPageQuestion,
): Promise<PodPage | null> {
  if (limit > MOST_NAMED) return null
  const power = await powerNow(needs, { ...asked, details: [] }, true)
  const { moment } = power
  if (!moment.heard.every((cluster) => listsPods(moment, cluster))) return null
  const names = [...moment.podNames(), ...drawing(power)]
  const own = names.filter((pod) => namespace === undefined || pod.namespace === namespace)
  const all = own.map(({ cluster, ...each }) => keyOf(cluster, each.namespace, each.pod))
  const keys = [...new Set(all)].sort()
  const page = keys.slice(offset, offset + limit)
  const told = await readNamed(needs, asked, { page, power })
  return told === null ? null : { ...told, total: keys.length }
}

const listsPods = ({ pods }: FleetPower, cluster: string): boolean =>
  pods.some((pod) => pod.cluster === cluster && pod.listed)

/** The pods that are attributed watts. */
const drawing = ({ portions }: PowerNow) =>
  portions.flatMap(({ cluster, workload }) =>
    workload?.kind === 'pod' ? [{ cluster, namespace: workload.namespace, pod: workload.pod }] : [],
  )

interface Page {
  /** The keys of its pods, in order. */
  readonly page: readonly string[]
  readonly power: PowerNow
}

/** Everything that is known of some pods; null where a cluster has failed meanwhile, whose pods are then none. */
async function readNamed(needs: Needs, asked: Asked, { page, power }: Page) {
  const where = whereOf(page)
  if (where === null) return { pods: [], account: power.told }
  const clusters = [...new Set(page.map((key) => key.split('\u0000')[0] ?? ''))]
  const question = { ...asked, clusters, where }
  const [read, types] = await Promise.all([
    readAll(needs.telemetry, question, POD_READS),
    needs.fleet.types(question),
  ])
  const account = combine([power.told, read.account, types])
  if (failed(account) !== failed(power.told)) return null
  const rows = heardOnly(read.rows, account)
  const wanted = new Set(page)
  const pods = podsOf(rows, { power: of(power, wanted), typeOf: types.typeOf, keys: page })
  return { pods, account }
}

const failed = ({ clusters }: Account): number =>
  clusters.filter(({ status }) => status !== 'ok' && status !== 'partial').length

function whereOf(page: readonly string[]): Where | null {
  const names = page.map((key) => key.split('\u0000'))
  const pods = nonEmpty(names.map(([, , pod = '']) => pod))
  const namespaces = nonEmpty(names.map(([, namespace = '']) => namespace))
  return pods === null || namespaces === null ? null : { namespace: namespaces, pod: pods }
}

function nonEmpty(names: readonly string[]): NonEmpty<string> | null {
  const [first, ...rest] = new Set(names)
  return first === undefined ? null : [first, ...rest]
}

/** The watts of some pods alone. */
function of(power: PowerNow, pods: ReadonlySet<string>): PowerNow {
  const portions = power.portions.filter(({ cluster, workload }) => {
    const keys = workload === null ? null : workloadKeys(cluster, workload)
    return keys !== null && pods.has(keys.pod)
  })
  return { ...power, portions }
}
