import type { Finding } from './findings.ts'
import { distinct, groupBy } from './group.ts'
import type { Workload, WorkloadUse } from './input.ts'
import { wholeWorkload, workloadKey } from './shares.ts'
import { DEFAULT_LIMITS, isWatts } from './limits.ts'
import { believable, highestKnown } from './sum.ts'

/** What all sources say of one workload's use of one node. */
export interface MergedUse extends Omit<WorkloadUse, 'source'> {
  readonly sources: readonly string[]
}

/** Clocks that differ a little make a share slightly above 1; more is another unit. */
const MOST_SHARE = 1.05

/** Each workload of one node once, at one level: of a pod that is given as a whole, the containers are left out. */
export function mergeUses(uses: readonly WorkloadUse[]): readonly MergedUse[] {
  const whole = new Set(uses.filter(isWhole).map(({ workload }) => workloadKey(workload)))
  const counted = uses.filter(
    (use) => isWhole(use) || !whole.has(workloadKey(wholeWorkload(use.workload))),
  )
  return [...groupBy(counted, ({ workload }) => workloadKey(workload)).values()].map(merge)
}

const isWhole = ({ workload }: WorkloadUse): boolean =>
  workload.kind === 'vm' || workload.container === null

function merge(rows: readonly [WorkloadUse, ...WorkloadUse[]]): MergedUse {
  const { cluster, node, workload } = rows[0]
  return {
    cluster,
    node,
    workload,
    sources: distinct(rows.map(({ source }) => source)),
    cpu_watts: highestKnown(rows.map((row) => wattsOf(row.cpu_watts))),
    dram_watts: highestKnown(rows.map((row) => wattsOf(row.dram_watts))),
    cpu_share: highestKnown(rows.map((row) => shareOf(row.cpu_share))),
    reserved_share: highestKnown(rows.map((row) => believable(row.reserved_share))),
    lived: longest(rows),
  }
}

/** The longest time that any source tells it was there; all of it where one does not say. */
const longest = (rows: readonly WorkloadUse[]): number | undefined =>
  rows.some(({ lived }) => lived === undefined)
    ? undefined
    : Math.max(...rows.map(({ lived = 1 }) => lived))

/** A workload draws no more than any node: a sentinel would take what belongs to the others. */
function wattsOf(watts: number | null): number | null {
  return watts !== null && isWatts(watts, DEFAULT_LIMITS.mostNodeWatts) ? watts : null
}

function shareOf(share: number | null): number | null {
  const believed = believable(share)
  return believed === null || believed > MOST_SHARE ? null : Math.min(1, believed)
}

/** What was left out of the uses because it cannot be. */
export function findingsOfUses(uses: readonly WorkloadUse[]): readonly Finding[] {
  return uses.flatMap((use) => {
    const left = [
      ...[use.cpu_watts, use.dram_watts].filter((watts) => watts !== wattsOf(watts)),
      ...(use.cpu_share === null || shareOf(use.cpu_share) !== null ? [] : [use.cpu_share]),
    ]
    return left.map((value) => ({
      code: 'implausible_values',
      cluster: use.cluster,
      detail: `${use.source} says ${value ?? ''} of ${nameOf(use.workload)} on ${use.node}`,
      size_watts: null,
    }))
  })
}

/** A workload in words. */
export function nameOf(workload: Workload): string {
  if (workload.kind === 'vm') return `vm ${workload.vm}`
  const { namespace, pod, container } = workload
  return container === null ? `${namespace}/${pod}` : `${namespace}/${pod}/${container}`
}
