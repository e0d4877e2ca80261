import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** A directory of files, each with the id of its job. */
export interface Spool {
  pathOf(id: string): string
  /** Writes a file, which is there when the last byte is on the disk, and not before. Gives its length. */
  write(id: string, bytes: AsyncIterable<Uint8Array>, onBytes: OnBytes): Promise<number>
  remove(id: string): Promise<void>
  /** The ids of all files, also of unfinished ones. */
  ids(): Promise<readonly string[]>
  /** The ids of the whole ones. */
  finishedIds(): Promise<readonly string[]>
  /** What all files take. */
  usedBytes(): Promise<number>
}

/** Called behind each piece with what the file takes so far; what it rejects with ends the writing. */
type OnBytes = (written: number) => Promise<void>

const PART = '.part'

/** A spool in a directory, which is made when it is first needed. */
export function createSpool(directory: string): Spool {
  const root = resolve(directory)
  const pathOf = (id: string): string => join(root, id)
  const remove = async (id: string): Promise<void> => {
    await rm(pathOf(id), { force: true })
    await rm(pathOf(id) + PART, { force: true })
  }
  const names = async (): Promise<readonly string[]> => {
    try {
      return (await readdir(root)).filter((name) => ID.test(name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }
  return {
    pathOf,
    remove,
    async write(id, bytes, onBytes) {
      await mkdir(root, { recursive: true, mode: 0o700 })
      const part = pathOf(id) + PART
      const written = await writeAll(part, bytes, onBytes)
      await rename(part, pathOf(id))
      return written
    },
    ids: async () => [...new Set((await names()).map((name) => name.replace(PART, '')))],
    finishedIds: async () => (await names()).filter((name) => !name.endsWith(PART)),
    async usedBytes() {
      const sizes = await Promise.all((await names()).map((name) => sizeOf(join(root, name))))
      return sizes.reduce((sum, size) => sum + size, 0)
    },
  }
}

/** Other files in the directory are none of ours. */
const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:\.part)?$/

async function writeAll(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  onBytes: OnBytes,
): Promise<number> {
  const file = await open(path, 'w', 0o600)
  try {
    let written = 0
    for await (const piece of bytes) {
      await file.writeFile(piece)
      written += piece.byteLength
      await onBytes(written)
    }
    await file.sync()
    return written
  } finally {
    await file.close()
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    // It went between the list and the look.
    return 0
  }
}
