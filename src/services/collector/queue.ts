import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Batch } from './row.ts'

/** Batches on disk that a sink has not taken yet, the oldest first. */
export interface DiskQueue {
  /** Keeps a batch, safe from a crash, and gives what had to go for it: the oldest. */
  add(batch: Batch): Promise<readonly Batch[]>
  /** The oldest; null when there is none. */
  first(): Promise<Waiting | null>
  remove(key: string): Promise<void>
  /** How many wait, the end of the oldest in unix milliseconds, and their size. */
  waiting(): { readonly batches: number; readonly oldest: number | null; readonly bytes: number }
}

/** A batch with its place in a queue. */
export interface Waiting {
  readonly key: string
  /** Null for a file that nobody can read any more. */
  readonly batch: Batch | null
}

const NAME = /^(\d{16}-[0-9a-f]{16})\.json$/

/** Opens the queue in a directory, with what was left in it. It holds so many bytes at most, or a single batch. */
export async function openQueue(directory: string, mostBytes: number): Promise<DiskQueue> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const sizes = await sizesIn(directory)
  const fileOf = (key: string): string => join(directory, `${key}.json`)
  const keys = (): readonly string[] => [...sizes.keys()].sort()
  const bytes = (): number => [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const remove = async (key: string): Promise<void> => {
    await rm(fileOf(key), { force: true })
    sizes.delete(key)
  }
  const first = async (): Promise<Waiting | null> => {
    const [key] = keys()
    return key === undefined ? null : { key, batch: await readBatch(fileOf(key)) }
  }
  const add = async (batch: Batch): Promise<readonly Batch[]> => {
    const text = JSON.stringify(batch)
    const key = keyOf(batch)
    await writeSafely(fileOf(key), text)
    sizes.set(key, Buffer.byteLength(text))
    const dropped: Batch[] = []
    while (bytes() > mostBytes && sizes.size > 1) {
      const oldest = await first()
      if (oldest === null) break
      await remove(oldest.key)
      if (oldest.batch !== null) dropped.push(oldest.batch)
    }
    return dropped
  }
  // What has to go is decided for one batch after the other.
  const inTurn = oneAfterAnother()
  return {
    add: (batch) => inTurn(() => add(batch)),
    first,
    remove,
    waiting: () => ({ batches: sizes.size, oldest: endOf(keys()[0]), bytes: bytes() }),
  }
}

/** The same interval of the same cluster has the same place, however often it is read. */
const keyOf = ({ cluster, end }: Batch): string =>
  `${String(end).padStart(16, '0')}-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`

const endOf = (key: string | undefined): number | null =>
  key === undefined ? null : Number(key.slice(0, 16))

function oneAfterAnother() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

async function sizesIn(directory: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for (const name of await readdir(directory)) {
    const key = NAME.exec(name)?.[1]
    if (key === undefined) await rm(join(directory, name), { force: true, recursive: true })
    else sizes.set(key, (await stat(join(directory, name))).size)
  }
  return sizes
}

/** Null for a file that is damaged or gone: it must not be in the way of the others for ever. */
async function readBatch(file: string): Promise<Batch | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Batch
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (error instanceof SyntaxError || isGone) return null
    throw error
  }
}

/** Either the whole text is there after a crash, or nothing is. */
export async function writeSafely(file: string, text: string): Promise<void> {
  const directory = dirname(file)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const draft = `${file}.tmp`
  await synced(draft, 'w', (handle) => handle.writeFile(text))
  await rename(draft, file)
  // The name itself is on disk only once its directory is.
  await synced(directory, 'r', () => Promise.resolve())
}

type Handle = Awaited<ReturnType<typeof open>>

async function synced(
  path: string,
  flags: 'r' | 'w',
  work: (handle: Handle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags, 0o600)
  try {
    await work(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
