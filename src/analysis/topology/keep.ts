import type { Thing, Use } from './graph.ts'

/** What is kept of things: those that are wanted, all that is below them, the boards that they use, all above. */
export function keepAround<Row extends Thing>(
  things: readonly Row[],
  uses: readonly Use[],
  isWanted: (thing: Row) => boolean,
): readonly Row[] {
  const byId = new Map(things.map((thing) => [thing.id, thing]))
  const below = new Map<string, boolean>()
  const isBelow = (thing: Row): boolean => {
    const before = below.get(thing.id)
    if (before !== undefined) return before
    const parent = thing.parent === null ? undefined : byId.get(thing.parent)
    const found = isWanted(thing) || (parent !== undefined && isBelow(parent))
    below.set(thing.id, found)
    return found
  }
  const kept = new Set(things.filter(isBelow).map(({ id }) => id))
  const boards = uses.filter(({ holder }) => kept.has(holder)).map(({ board }) => board)
  for (const id of [...kept, ...boards]) addWithParents(kept, byId, id)
  return things.filter(({ id }) => kept.has(id))
}

/** Adds a thing and all that it is part of or runs on. */
export function addWithParents(
  kept: Set<string>,
  byId: ReadonlyMap<string, Thing>,
  id: string,
): void {
  for (let thing = byId.get(id); thing !== undefined; thing = byId.get(thing.parent ?? ''))
    kept.add(thing.id)
}
