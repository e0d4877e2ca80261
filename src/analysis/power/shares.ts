import { groupBy, keyOf } from './group.ts'
import type { Share, Workload } from './input.ts'
import { believable, highestKnown } from './sum.ts'

/** What tells a workload from all others of its cluster. */
export function workloadKey(workload: Workload): string {
  if (workload.kind === 'vm') return keyOf('vm', workload.vm)
  return keyOf('pod', workload.namespace, workload.pod, workload.container)
}

/** The pod or virtual machine that a workload is, or is a container of. */
export function wholeWorkload(workload: Workload): Workload {
  return workload.kind === 'pod' ? { ...workload, container: null } : workload
}

/**
 * The shares that all rows of a board tell, each owner of a partition once. Null when no row says who holds it.
 * A partition that one row shows without owner and another with one is held; a row of the undivided board
 * without owner says nothing that an empty list does not.
 */
export function mergeShares(lists: readonly (readonly Share[] | null)[]): readonly Share[] | null {
  const told = lists.filter((list) => list !== null)
  if (told.length === 0) return null
  const shares = told.flat().filter(({ owner, partition }) => owner !== null || partition !== null)
  const byPartition = groupBy(shares, ({ partition }) => keyOf(partition))
  return [...byPartition.values()].flatMap((same) => {
    const held = same.filter(({ owner }) => owner !== null)
    const groups = groupBy(held.length > 0 ? held : same, ({ owner }) => keyOfOwner(owner))
    return [...groups.values()].map((group) => ({
      ...group[0],
      slices: highestKnown(group.map(({ slices }) => believable(slices))),
      activity: highestKnown(group.map(({ activity }) => believable(activity))),
    }))
  })
}

const keyOfOwner = (owner: Workload | null): string => (owner === null ? '' : workloadKey(owner))
