import { LRUCache } from 'lru-cache'
import type { Now } from '../../kernel/clock.ts'
import type { ApiKeyStore, StoredKey } from '../store/index.ts'

const TRUSTED_MS = 3000
const MOST_KEYS = 10_000

interface Read {
  readonly at: number
  readonly key: Promise<StoredKey | undefined>
}

/** Keys as they were read a few seconds ago: that long another server's revocation takes to be heard here. */
export interface KeyCache {
  byDigest(digest: string): Promise<StoredKey | undefined>
  byId(id: string): Promise<StoredKey | undefined>
  /** Reads it anew when it is asked for next. */
  forget(id: string): void
}

export function createKeyCache(store: Pick<ApiKeyStore, 'find'>, now: Now): KeyCache {
  const reads = new LRUCache<string, Read>({ max: MOST_KEYS })
  const digests = new LRUCache<string, string>({ max: MOST_KEYS })

  function read(place: string, find: () => Promise<StoredKey | undefined>) {
    const before = reads.get(place)
    const at = now().getTime()
    if (before !== undefined && at - before.at < TRUSTED_MS) return before.key
    const key = find()
    reads.set(place, { at, key })
    key.then(
      (found) => found && digests.set(found.id, found.digest),
      () => reads.get(place)?.key === key && reads.delete(place),
    )
    return key
  }
  return {
    byDigest: (digest) => read(`digest ${digest}`, () => store.find({ digest })),
    byId: (id) => read(`id ${id}`, () => store.find({ id })),
    forget(id) {
      reads.delete(`id ${id}`)
      reads.delete(`digest ${digests.get(id)}`)
    },
  }
}
