import { LRUCache } from 'lru-cache'
import type { AuditEvent } from '../../kernel/audit.ts'
import type { Now } from '../../kernel/clock.ts'
import type { AuditStore, StoredAuditEntry } from '../store/index.ts'

/** What was done by whom. */
export interface Audit extends Pick<AuditStore, 'list' | 'check'> {
  /** Writes it down. Never rejects: what could not be kept is in the log at least. */
  note(event: AuditEvent): Promise<void>
  close(): void
}

interface Needs {
  readonly store: AuditStore
  readonly now: Now
  readonly keepSeconds: number
  readonly mostEntries: number
  /** Hears of every event; without an entry when it could not be kept, and why. */
  readonly tell: (
    event: AuditEvent,
    kept: Pick<StoredAuditEntry, 'seq' | 'hash'> | { readonly error: unknown },
  ) => void
}

const HOUR_MS = 3_600_000
/** Somebody who is refused the same again and again is one entry a minute. */
const SAME_MS = 60_000
const MOST_SAME = 10_000
const PRUNE_AFTER = 1000

/** Keeps the log, and keeps it within its bounds. */
export function createAudit({ store, now, keepSeconds, mostEntries, tell }: Needs): Audit {
  const refused = new LRUCache<string, number>({ max: MOST_SAME })
  let sinceLastPrune = 0

  const isRepeated = ({ result, who, action, at }: AuditEvent): boolean => {
    if (result === 'done') return false
    const key = JSON.stringify([who, action, result])
    const last = refused.get(key)
    if (last !== undefined && at.getTime() - last < SAME_MS) return true
    refused.set(key, at.getTime())
    return false
  }
  const prune = async (): Promise<void> => {
    sinceLastPrune = 0
    const at = now()
    const before = new Date(at.getTime() - keepSeconds * 1000)
    // What cannot be forgotten now is forgotten in an hour.
    await store.prune({ before, most: mostEntries, at }).catch(() => 0)
  }
  const timer = setInterval(() => void prune(), HOUR_MS).unref()
  return {
    async note(event) {
      if (isRepeated(event)) return
      const { at, who, action, result, ...details } = event
      try {
        tell(event, await store.add({ at, who, action, result, details }))
        sinceLastPrune += 1
        if (sinceLastPrune >= PRUNE_AFTER) await prune()
      } catch (error) {
        tell(event, { error })
      }
    },
    list: (filter, page) => store.list(filter, page),
    check: () => store.check(),
    close: () => clearInterval(timer),
  }
}
