import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Batch } from './row.ts'

/** Batches on disk that a sink has not taken yet, the oldest first. */
export interface DiskQueue {
  /** Keeps a batch, safe from a crash, and gives what had to go for it: the oldest. */
  add(batch: Batch): Promise<readonly Batch[]>
  /** The oldest; null when there is none. */
  first(): Promise<Batch | null>
  remove(id: number): Promise<void>
  /** The ids of those that wait, in order, and their size. */
  waiting(): { readonly ids: readonly number[]; readonly bytes: number }
}

const NAME = /^(\d{1,16})\.json$/

/** Opens the queue in a directory, with what was left in it. It holds so many bytes at most. */
export async function openQueue(directory: string, mostBytes: number): Promise<DiskQueue> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const sizes = await sizesIn(directory)
  const fileOf = (id: number): string => join(directory, `${id}.json`)
  const ids = (): readonly number[] => [...sizes.keys()].sort((a, b) => a - b)
  const bytes = (): number => [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const remove = async (id: number): Promise<void> => {
    await rm(fileOf(id), { force: true })
    sizes.delete(id)
  }
  const first = async (): Promise<Batch | null> => {
    const [id] = ids()
    return id === undefined ? null : await readBatch(fileOf(id), id)
  }
  return {
    async add(batch) {
      const text = JSON.stringify(batch)
      await writeSafely(fileOf(batch.id), text)
      sizes.set(batch.id, Buffer.byteLength(text))
      const dropped: Batch[] = []
      while (bytes() > mostBytes && sizes.size > 1) {
        const oldest = await first()
        if (oldest === null) break
        await remove(oldest.id)
        dropped.push(oldest)
      }
      return dropped
    },
    first,
    remove,
    waiting: () => ({ ids: ids(), bytes: bytes() }),
  }
}

async function sizesIn(directory: string): Promise<Map<number, number>> {
  const sizes = new Map<number, number>()
  for (const name of await readdir(directory)) {
    const id = NAME.exec(name)?.[1]
    if (id === undefined) await rm(join(directory, name), { force: true, recursive: true })
    else sizes.set(Number(id), (await stat(join(directory, name))).size)
  }
  return sizes
}

/** A file that a crash has cut is a batch without rows, rather than one that is in the way for ever. */
async function readBatch(file: string, id: number): Promise<Batch> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Batch
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { id, rows: [] }
  }
}

/** Either the whole text is there after a crash, or nothing is. */
export async function writeSafely(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.tmp`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
