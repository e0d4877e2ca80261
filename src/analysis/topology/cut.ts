import type { Edge, Graph, Thing } from './graph.ts'
import { addWithParents } from './keep.ts'

interface Part {
  readonly limit: number
  readonly offset: number
}

/**
 * A part of a graph: so many of its things, and every edge from them to those before them, with these things too. No
 * edge and no parent leads nowhere, and the parts together have each edge once.
 */
export function cut<Row extends Thing>(
  { things, edges }: Graph<Row>,
  { limit, offset }: Part,
): Graph<Row> {
  const places = new Map(things.map(({ id }, place) => [id, place]))
  const lastEnd = ({ source, target }: Edge): number =>
    Math.max(places.get(source) ?? 0, places.get(target) ?? 0)
  const own = edges.filter((edge) => {
    const place = lastEnd(edge)
    return place >= offset && place < offset + limit
  })
  const byId = new Map(things.map((thing) => [thing.id, thing]))
  const kept = new Set<string>()
  for (const { id } of things.slice(offset, offset + limit)) addWithParents(kept, byId, id)
  for (const { source, target } of own) {
    addWithParents(kept, byId, source)
    addWithParents(kept, byId, target)
  }
  return { things: things.filter(({ id }) => kept.has(id)), edges: own }
}
