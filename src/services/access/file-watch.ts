import { stat } from 'node:fs/promises'

/** Hears of changes of a file. */
export interface FileWatch {
  close(): void
}

const EVERY_MS = 2000

/**
 * Calls `changed` when a file is another one than before, or is gone, and once at the start: it may have changed since
 * it was read. It is asked for instead of waited for: a file of a Kubernetes ConfigMap is a link, which changes without
 * an event at its own place.
 */
export function createFileWatch(file: string, changed: () => void): FileWatch {
  let before: string | undefined
  const look = async (): Promise<void> => {
    const now = await signOf(file)
    if (before === now) return
    before = now
    changed()
  }
  const timer = setInterval(() => void look(), EVERY_MS).unref()
  return { close: () => clearInterval(timer) }
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
