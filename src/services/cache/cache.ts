import { LRUCache } from 'lru-cache'
import type { Now } from '../../kernel/clock.ts'
import { createFlights } from './flights.ts'

/** What a load gives: the value, what it weighs, and whether it may be served again. */
export interface Loaded<Value> {
  readonly value: Value
  readonly bytes: number
  /** False for an answer that is not whole: those who wait get it, nobody else. */
  readonly keep: boolean
}

export interface CacheRequest<Shelf extends string, Value> {
  /** Holds everything that changes the value. One key stands for one type of value. */
  readonly key: string
  readonly shelf: Shelf
  /** A value that was loaded before this is too old for this caller, whatever its shelf says. */
  readonly since?: Date | undefined
  /** Ends this caller's wait. The load goes on as long as anybody waits for it. */
  readonly signal?: AbortSignal | undefined
  readonly load: (signal: AbortSignal) => Promise<Loaded<Value>>
}

/** What the cache did so far and holds now, in the words of the wire. */
export interface CacheStats {
  readonly hits: number
  readonly misses: number
  /** 0 to 100; null before the first request. */
  readonly hit_rate_percent: number | null
  readonly entries: number
  readonly bytes: number
  readonly max_bytes: number
}

export interface Cache<Shelf extends string> {
  /** The kept value, or that of the load under way, or of a new one. Rejects as the load does. */
  read<Value>(request: CacheRequest<Shelf, Value>): Promise<Value>
  stats(): CacheStats
}

export interface CacheOptions<Shelf extends string> {
  /** What all values together may weigh. The least recently used go first; a larger value is not kept. */
  readonly maxBytes: number
  /** How long a value may be served again, by kind of data. 0: not at all, but still one load at a time. */
  readonly ttlSeconds: Readonly<Record<Shelf, number>>
  readonly now: Now
  /** Hears of every request; `hit` also when it joined a load that was under way. */
  readonly observe?: (outcome: 'hit' | 'miss', shelf: Shelf) => void
}

interface Entry {
  readonly value: unknown
  readonly bytes: number
  readonly loadedAt: number
  readonly expiresAt: number
}

/** What an entry weighs beside its value and its key. */
const ENTRY_BYTES = 256

/** A cache that is bounded in bytes and loads each key once at a time. */
export function createCache<Shelf extends string>({
  maxBytes,
  ttlSeconds,
  now,
  observe = () => undefined,
}: CacheOptions<Shelf>): Cache<Shelf> {
  const entries = entriesUpTo(maxBytes)
  const flights = createFlights()
  const tally = createTally(observe)

  const fresh = (key: string, since: Date | undefined): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined || now().getTime() >= entry.expiresAt) return undefined
    return since === undefined || entry.loadedAt >= since.getTime() ? entry : undefined
  }
  const keep = (key: string, { value, bytes }: Loaded<unknown>, seconds: number): void => {
    const loadedAt = now().getTime()
    if (seconds > 0)
      entries.set(key, { value, bytes, loadedAt, expiresAt: loadedAt + seconds * 1000 })
  }

  return {
    async read<Value>({ key, shelf, since, signal, load }: CacheRequest<Shelf, Value>) {
      const kept = fresh(key, since)
      tally.count(kept !== undefined || flights.has(key) ? 'hit' : 'miss', shelf)
      // One key stands for one type of value, so what is kept under it is what `load` gives.
      if (kept !== undefined) return kept.value as Value
      return (await flights.join(key, signal, async (shared) => {
        const loaded = await load(shared)
        if (loaded.keep) keep(key, loaded, ttlSeconds[shelf])
        return loaded.value
      })) as Value
    },
    stats: () => ({
      ...tally.rate(),
      entries: entries.size,
      bytes: entries.calculatedSize,
      max_bytes: maxBytes,
    }),
  }
}

function entriesUpTo(maxBytes: number): LRUCache<string, Entry> {
  return new LRUCache({
    // 0 would mean "no bound" to the library.
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ bytes }, key) => Math.ceil(bytes) + key.length * 2 + ENTRY_BYTES,
  })
}

function createTally<Shelf extends string>(
  observe: (outcome: 'hit' | 'miss', shelf: Shelf) => void,
) {
  const counts = { hit: 0, miss: 0 }
  return {
    count(outcome: 'hit' | 'miss', shelf: Shelf) {
      counts[outcome] += 1
      observe(outcome, shelf)
    },
    rate(): Pick<CacheStats, 'hits' | 'misses' | 'hit_rate_percent'> {
      const { hit: hits, miss: misses } = counts
      const all = hits + misses
      return { hits, misses, hit_rate_percent: all === 0 ? null : (100 * hits) / all }
    },
  }
}
