import type { Portion } from '../../analysis/power/figures.ts'
import { absent } from '../../kernel/absence.ts'
import { combine } from '../../kernel/answer.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import type { WindowRequest } from '../../kernel/time-range.ts'
import {
  partsOfWorkload,
  type PodFacts,
  type PodInventory,
  readPodPage,
  readPods,
  type Where,
  workloadWatts,
} from '../../services/workloads/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { goneWorkload, unlessGone } from './gone.ts'
import { theOne } from './lookup.ts'
import { podRow } from './pod-rows.ts'
import { POD_COLUMNS, type PodRow } from './pod-schemas.ts'
import { powerDuring, wattsOf, windowFigures } from './windows.ts'

/** Exact values that a pod must have; what is left out does not matter. */
export interface PodFilter {
  readonly namespace?: string | undefined
  readonly pod?: string | undefined
  readonly node?: string | undefined
  readonly phase?: string | undefined
  readonly owner_kind?: string | undefined
  readonly owner_name?: string | undefined
  readonly workload_type?: string | undefined
}

/** The pods of the asked clusters. Rejects with `not_found` for a node or pod that nobody knows. */
export async function listPods(needs: Needs, asked: Asked, { filter, page }: PodList) {
  const part = await pageOf(needs, asked, { filter, page })
  return part ?? allPods(needs, asked, { filter, page })
}

interface PodList {
  readonly filter: PodFilter
  readonly page: PageRequest
}

/** A page in the order of names is read by itself; null where a filter or an order takes all pods. */
async function pageOf(needs: Needs, asked: Asked, { filter, page }: PodList) {
  const { namespace, ...others } = filter
  const isFiltered = Object.values(others).some((value) => value !== undefined)
  if (isFiltered || page.sort !== undefined) return null
  const { limit, offset } = page
  const found = await readPodPage(needs, { ...asked, namespace, limit, offset })
  if (found === null) return null
  const rows = found.pods.map(podRow)
  return { ...outcome(asked, found.account, rows), page: { total: found.total, limit, offset } }
}

async function allPods(needs: Needs, asked: Asked, { filter, page }: PodList) {
  const inventory = await readPods(needs, { ...asked, where: whereOf(filter) })
  const pods = podsFound(inventory, filter)
  const rows = pods.map(podRow).filter((row) => satisfies(row, filter))
  const part = paginate(rows, page, POD_COLUMNS)
  return { ...outcome(asked, inventory.account, part.rows), page: part.page }
}

type PodName = Pick<PodFilter, 'namespace' | 'pod' | 'node'>

/** What the sources can be asked for themselves. */
export function whereOf({ namespace, pod }: PodName): Where | undefined {
  if (namespace === undefined && pod === undefined) return undefined
  return {
    ...(namespace !== undefined && { namespace: [namespace] as const }),
    ...(pod !== undefined && { pod: [pod] as const }),
  }
}

/** The pods of some names. Rejects with `not_found` for a node or pod that nobody knows. */
export function podsFound(
  { pods, power, account }: PodInventory,
  { namespace, pod, node }: PodName,
): readonly PodFacts[] {
  const named = pods.filter(
    (each) =>
      (namespace === undefined || each.namespace === namespace) &&
      (pod === undefined || each.pod === pod),
  )
  if (pod !== undefined && named.length === 0) throw absent(account, `pod ${JSON.stringify(pod)}`)
  if (node === undefined) return named
  const there = named.filter((each) => each.node === node)
  // Who sees only workloads knows the nodes that they are on.
  if (there.length === 0 && !power.account.by_node.some((each) => each.node === node))
    throw absent(account, `node ${JSON.stringify(node)}`)
  return there
}

const CHECKED = ['phase', 'owner_kind', 'owner_name', 'workload_type'] as const

const satisfies = (row: PodRow, filter: PodFilter): boolean =>
  CHECKED.every((field) => filter[field] === undefined || filter[field] === row[field])

/** A pod by its name. */
export interface PodAsked extends Asked {
  readonly namespace: string
  readonly pod: string
}

/** One pod, shown in some way. Rejects with `not_found` and `ambiguous`. */
export async function onePod<Data>(needs: Needs, asked: PodAsked, show: (facts: PodFacts) => Data) {
  const { facts, account } = await findPod(needs, asked)
  return outcome(asked, account, show(facts))
}

async function findPod(needs: Needs, { namespace, pod, ...asked }: PodAsked) {
  const { pods, account } = await readPods(needs, { ...asked, where: whereOf({ namespace, pod }) })
  const facts = theOne(
    pods.filter((each) => each.namespace === namespace && each.pod === pod),
    account,
    {
      what: `pod ${JSON.stringify(`${namespace}/${pod}`)}`,
      nameOf: (each) => `${each.cluster}/${each.namespace}/${each.pod}`,
      advice: 'name the cluster',
    },
  )
  return { facts, account }
}

/** The power and energy of one pod over a window: of the time in which it was there, also of a pod that is gone. */
export async function podPower(
  needs: Needs,
  { window, ...asked }: PodAsked & { readonly window: WindowRequest },
) {
  const found = await unlessGone(() => findPod(needs, asked))
  if (found === null) return gonePodPower(needs, asked, window)
  const { facts, account } = found
  const { cluster, namespace, pod, node, power } = facts
  const { range, watts, told } = await powerDuring(needs, asked, {
    cluster,
    window,
    workloads: true,
    wattsIn: ({ portions }) => wattsOf(portions, isOfPod(asked)),
  })
  return outcome(asked, combine([account, told]), {
    cluster,
    namespace,
    pod,
    node,
    ...workloadWatts(power),
    power_parts: partsOfWorkload(power),
    ...windowFigures(watts, range, { cluster, namespace, pod }),
  })
}

const isOfPod =
  ({ namespace, pod }: Pick<PodAsked, 'namespace' | 'pod'>) =>
  ({ workload }: Portion): boolean =>
    workload?.kind === 'pod' && workload.namespace === namespace && workload.pod === pod

async function gonePodPower(needs: Needs, asked: PodAsked, window: WindowRequest) {
  const { namespace, pod } = asked
  const { cluster, node, watts, range, account } = await goneWorkload(needs, asked, {
    window,
    isOwn: isOfPod(asked),
    what: `pod ${JSON.stringify(`${namespace}/${pod}`)}`,
    advice: 'name the cluster',
  })
  return outcome(asked, account, {
    cluster,
    namespace,
    pod,
    node,
    ...workloadWatts(undefined),
    power_parts: partsOfWorkload(undefined),
    ...windowFigures(watts, range, { cluster, namespace, pod }),
  })
}
