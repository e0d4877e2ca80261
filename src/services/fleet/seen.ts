import { keyOf } from '../../analysis/power/group.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Sight } from '../../kernel/sight.ts'
import type { Moment, Seen } from './assemble.ts'

/** What a sight shows of a fleet; null for everything of all clusters that it shows. */
export function seenIn(sight: Sight): Seen | null {
  if (!sight.isPartial) return null
  const isWhole = (cluster: string): boolean => sight.of(cluster) === 'whole'
  return {
    isWhole,
    sees(cluster, workload) {
      const part = sight.of(cluster)
      if (typeof part === 'string') return part === 'whole'
      return workload?.kind === 'pod' && part.includes(workload.namespace)
    },
  }
}

/**
 * A moment without what is not to be seen. What its shares are made of stays in it, reservations too,
 * for `accountOf` and for costs alone.
 */
export function momentSeen(moment: Moment, seen: Seen | null): Moment {
  if (seen === null) return moment
  const own = ownBoards(moment, seen)
  return {
    ...moment,
    seen,
    pods: moment.pods.filter(({ cluster, namespace, name: pod }) =>
      seen.sees(cluster, { kind: 'pod', namespace, pod, container: null }),
    ),
    loads: moment.loads.filter(
      ({ cluster, key }) => seen.isWhole(cluster) || own.has(keyOf(cluster, key)),
    ),
  }
}

/** The boards that nobody holds but workloads that are seen: how busy the others are is of several. */
function ownBoards({ input }: Moment, seen: Seen): ReadonlySet<string> {
  // Each row of a board tells of those whom its source knows: all of them have to be seen.
  const held = input.boards.flatMap(({ cluster, key, shares }) =>
    (shares ?? []).flatMap(({ owner }) =>
      owner === null ? [] : [{ board: keyOf(cluster, key), isSeen: seen.sees(cluster, owner) }],
    ),
  )
  const others = new Set(held.filter(({ isSeen }) => !isSeen).map(({ board }) => board))
  return new Set(held.map(({ board }) => board).filter((board) => !others.has(board)))
}

const OF_EVERYBODY: ReadonlySet<Warning['code']> = new Set([
  'cluster_unavailable',
  'cluster_incomplete',
])

/** Of a cluster that is seen in part, only whether it answered: other warnings name what is in it. */
export function warningsSeen(warnings: readonly Warning[], seen: Seen | null): readonly Warning[] {
  if (seen === null) return warnings
  return warnings.filter(
    ({ code, cluster }) =>
      OF_EVERYBODY.has(code) || (cluster !== undefined && seen.isWhole(cluster)),
  )
}
