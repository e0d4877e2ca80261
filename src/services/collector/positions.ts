import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeSafely } from './queue.ts'

/** How far each cluster has been collected, kept on disk: the end of its last interval, in unix seconds. */
export interface Positions {
  /** Null for a cluster that was never collected. */
  read(cluster: string): Promise<number | null>
  write(cluster: string, end: number): Promise<void>
  /** Those of some clusters that are known by now. */
  known(clusters: readonly string[]): readonly number[]
}

/** The positions in a directory. */
export function openPositions(directory: string): Positions {
  const ends = new Map<string, number | null>()
  const fileOf = (cluster: string): string =>
    join(directory, `${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}.json`)
  return {
    async read(cluster) {
      const known = ends.get(cluster)
      if (known !== undefined) return known
      const end = await readEnd(fileOf(cluster))
      ends.set(cluster, end)
      return end
    },
    async write(cluster, end) {
      await writeSafely(fileOf(cluster), JSON.stringify({ cluster, end }))
      ends.set(cluster, end)
    },
    known: (clusters) =>
      clusters.map((cluster) => ends.get(cluster) ?? null).filter((end) => end !== null),
  }
}

async function readEnd(file: string): Promise<number | null> {
  try {
    const { end } = JSON.parse(await readFile(file, 'utf8')) as { readonly end: number }
    return Number.isFinite(end) ? end : null
  } catch {
    // There is none yet, or the disk has lost it: the cluster begins with now.
    return null
  }
}
