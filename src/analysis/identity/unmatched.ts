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
