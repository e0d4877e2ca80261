import { groupBy, keyOf } from '../power/group.ts'
import type { NodeResolver } from './resolver.ts'

/** A name that a source used for a node. */
export interface Sighting {
  readonly cluster: string
  readonly source: string
  readonly name: string
}

/** A name that is no node's, as often as it was seen. */
export interface UnmatchedName extends Sighting {
  readonly reason: 'unknown' | 'ambiguous' | 'empty'
  readonly candidates: readonly string[]
  readonly count: number
}

/** What one reading found among the names that sources use for nodes. */
export interface UnmatchedFound {
  /** What was read: each view replaces what it found before, and not what others did. */
  readonly view: 'power' | 'hardware'
  readonly at: Date
  /** The clusters that answered in full: of others nothing new is known. */
  readonly clusters: readonly string[]
  readonly names: readonly UnmatchedName[]
}

/** Takes down the names that are no node's. */
export type NoteUnmatched = (found: UnmatchedFound) => void

/** All names that found no node, so that nothing is dropped in silence. */
export function unmatchedNames(
  resolve: NodeResolver,
  sightings: readonly Sighting[],
): readonly UnmatchedName[] {
  const groups = groupBy(sightings, ({ cluster, source, name }) => keyOf(cluster, source, name))
  return [...groups.values()].flatMap((group) => {
    const { cluster, source, name } = group[0]
    const resolution = resolve(cluster, name)
    if ('node' in resolution) return []
    const { unmatched: reason, candidates } = resolution
    return [{ cluster, source, name, reason, candidates, count: group.length }]
  })
}
