import { plusInfrastructure } from './infrastructure.ts'
import { entryKey, NO_ENERGY, plus, type Entry } from './ledger.ts'
import type { NodeEntry } from './node-ledger.ts'

/**
 * The energy and the nodes of the same stretch of time as one list of entries. Who has both was there for the longer of
 * the two times, since they are beside one another.
 */
export function joinedEntries(
  energy: readonly Entry[],
  nodes: readonly NodeEntry[],
): readonly Entry[] {
  const joined = new Map(energy.map((entry) => [`${entryKey(entry)}${entry.bucket}`, entry]))
  for (const node of nodes) {
    const key = `${entryKey(node)}${node.bucket}`
    const known = joined.get(key)
    joined.set(
      key,
      known === undefined
        ? { ...node, energy: { compute: NO_ENERGY, gpu: NO_ENERGY } }
        : {
            ...known,
            infrastructure: node.infrastructure,
            seconds: Math.max(known.seconds, node.seconds),
            boardSeconds: Math.max(known.boardSeconds, node.boardSeconds),
          },
    )
  }
  return [...joined.values()]
}

/** Entries of one account and period brought together, in the order in which they first come. */
export function mergeEntries(entries: readonly Entry[]): readonly Entry[] {
  const merged = new Map<string, Entry>()
  for (const entry of entries) {
    const key = `${entryKey(entry)}${entry.bucket}`
    const known = merged.get(key)
    merged.set(key, known === undefined ? entry : both(known, entry))
  }
  return [...merged.values()]
}

function both(a: Entry, b: Entry): Entry {
  return {
    ...b,
    energy: {
      compute: plus(a.energy.compute, b.energy.compute),
      gpu: plus(a.energy.gpu, b.energy.gpu),
    },
    infrastructure: plusInfrastructure(a.infrastructure, b.infrastructure),
    seconds: a.seconds + b.seconds,
    boardSeconds: a.boardSeconds + b.boardSeconds,
  }
}
