import { stat } from 'node:fs/promises'

/** Hears of changes of a file. */
export interface FileWatch {
  /** Looks now, and gives when what there is to do has been done. */
  look(): Promise<void>
  close(): void
}

const EVERY_MS = 2000

/**
 * Calls `changed` when a file is another one than before, or is gone. It is asked for instead of waited for: a file
 * of a Kubernetes ConfigMap is a link, which changes without an event at its own place.
 */
export function createFileWatch(file: string, changed: () => void): FileWatch {
  let before = signOf(file)
  const look = async (): Promise<void> => {
    const now = signOf(file)
    const [was, is] = [await before, await now]
    before = now
    if (was !== is) changed()
  }
  const timer = setInterval(() => void look(), EVERY_MS).unref()
  return { look, close: () => clearInterval(timer) }
}

/** What is another as soon as the file is. */
async function signOf(file: string): Promise<string> {
  try {
    const { ino, mtimeNs, size } = await stat(file, { bigint: true })
    return `${ino} ${mtimeNs} ${size}`
  } catch {
    return 'gone'
  }
}
