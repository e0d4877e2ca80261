import { keyOf } from '../../analysis/power/group.ts'
import type {
  NoteUnmatched,
  UnmatchedFound,
  UnmatchedName,
} from '../../analysis/identity/unmatched.ts'

/** The names of one cluster that are no node's, as they were when they were last looked up. */
export interface Unmatched {
  readonly cluster: string
  /** Null before the first time. */
  readonly observed_at: Date | null
  /** Each once for each source that uses it, in the order of the sources. */
  readonly names: readonly UnmatchedName[]
}

/** Remembers them, so that what was left out is told also where it is not asked for. */
export interface UnmatchedMemory {
  note: NoteUnmatched
  /** Those of these clusters. */
  of(clusters: readonly string[]): readonly Unmatched[]
}

/** More names than this of one cluster are not kept: something is wrong with all of them. */
const MOST_NAMES = 10_000
/** Clusters come and go. */
const MOST_CLUSTERS = 1_000

interface Seen {
  readonly at: Date
  readonly names: readonly UnmatchedName[]
}

type Views = Map<UnmatchedFound['view'], Seen>

/** An empty memory. */
export function createUnmatchedMemory(): UnmatchedMemory {
  const memory = new Map<string, Views>()
  return {
    note({ view, at, clusters, names }) {
      for (const cluster of clusters) {
        const views = memory.get(cluster) ?? new Map<UnmatchedFound['view'], Seen>()
        // Behind all others: the first is the one that was not asked for the longest time.
        memory.delete(cluster)
        memory.set(cluster, views)
        if ((views.get(view)?.at ?? at) > at) continue
        const own = names.filter((name) => name.cluster === cluster)
        views.set(view, { at, names: own.slice(0, MOST_NAMES) })
      }
      const surplus = memory.size - MOST_CLUSTERS
      if (surplus > 0)
        for (const cluster of [...memory.keys()].slice(0, surplus)) memory.delete(cluster)
    },
    of(clusters) {
      return clusters.map((cluster) => together(cluster, memory.get(cluster)))
    },
  }
}

function together(cluster: string, views: Views | undefined): Unmatched {
  const seen = [...(views?.values() ?? [])]
  const byName = new Map(
    seen
      .flatMap(({ names }) => names)
      .map((name) => [keyOf(name.source, name.name), name] as const),
  )
  const times = seen.map(({ at }) => at.getTime())
  return {
    cluster,
    observed_at: times.length === 0 ? null : new Date(Math.max(...times)),
    names: [...byName.values()],
  }
}
