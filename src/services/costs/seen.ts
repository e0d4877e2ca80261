import type { PowerStep } from '../../analysis/cost/demand.ts'
import type { Seen } from '../fleet/index.ts'
import type { ClusterCosting, CostedEntry } from './question.ts'

/** Power of the workloads that are seen, step by step, of clusters that are seen in part. */
export type OwnPower = ReadonlyMap<string, readonly PowerStep[]>

interface Costed {
  readonly entries: readonly CostedEntry[]
  readonly costings: readonly ClusterCosting[]
}

/**
 * What may be seen of the cost of a window. Everything was charged, so that the share of each is what everybody sees;
 * of a cluster that is seen in part the accounts of its own workloads are left, and nothing that is of all of it.
 */
export function costsSeen(
  { entries, costings }: Costed,
  { seen, own }: { readonly seen: Seen | null; readonly own: OwnPower },
): Costed {
  if (seen === null) return { entries, costings }
  return {
    entries: entries.filter(
      ({ cluster, workload }) => seen.isWhole(cluster) || seen.sees(cluster, workload),
    ),
    costings: costings.map((costing) =>
      seen.isWhole(costing.cluster) ? costing : shareOf(costing, own),
    ),
  }
}

/** A PUE that is configured is told; one that was measured says what the whole cluster draws. */
function shareOf(costing: ClusterCosting, own: OwnPower): ClusterCosting {
  const { cluster, source, rates } = costing
  const power =
    own.get(cluster) ?? costing.power.map(({ from, until }) => ({ from, until, watts: null }))
  return {
    ...costing,
    ...(source === 'measured' && {
      pue: null,
      rates: rates.model === 'facility' ? { ...rates, pue: null } : rates,
    }),
    power,
    demand: [],
    coveredSeconds: power.reduce(
      (sum, { from, until, watts }) => sum + (watts === null ? 0 : until - from),
      0,
    ),
    nodeCoverage: null,
  }
}
