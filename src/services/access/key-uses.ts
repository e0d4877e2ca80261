import type { ApiKeyStore } from '../store/index.ts'

const EVERY_MS = 60_000

/** When keys were used last: kept here, and written once in a while. */
export interface UseNotes {
  note(id: string, at: Date): void
  /** A key with what is not written yet. */
  latest<Key extends { readonly id: string; readonly last_used_at: Date | null }>(key: Key): Key
  /** Writes the rest. */
  close(): Promise<void>
}

export function createUseNotes(
  store: Pick<ApiKeyStore, 'used'>,
  onError: (error: unknown) => void,
): UseNotes {
  let notes = new Map<string, Date>()

  async function write(): Promise<void> {
    const written = notes
    if (written.size === 0) return
    notes = new Map()
    try {
      await store.used(written)
    } catch (error) {
      // What came meanwhile is newer.
      notes = new Map([...written, ...notes])
      onError(error)
    }
  }
  const timer = setInterval(() => void write(), EVERY_MS).unref()
  return {
    note: (id, at) => void notes.set(id, at),
    latest(key) {
      const at = notes.get(key.id)
      return at === undefined ? key : { ...key, last_used_at: at }
    },
    close() {
      clearInterval(timer)
      return write()
    },
  }
}
