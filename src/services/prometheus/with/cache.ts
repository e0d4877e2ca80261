import type { PrometheusClient, QueryOptions, Reply, Shelf } from '../client.ts'
import { aboutInstant, aboutRange, isLasting, type About } from './reply-keys.ts'

/** Where replies are kept: the part of a cache that a client needs. */
export interface ReplyCache {
  read<Value>(request: {
    readonly key: string
    readonly shelf: Shelf
    readonly since?: Date | undefined
    readonly signal?: AbortSignal | undefined
    load(signal: AbortSignal): Promise<{
      readonly value: Value
      readonly bytes: number
      readonly keep: boolean
    }>
  }): Promise<Value>
}

export interface CacheOptions {
  readonly cluster: string
  /** Differs whenever the cluster was added anew: what another server said under this name is not served. */
  readonly generation: number
  readonly cache: ReplyCache
}

/** Keeps replies, and asks once for what is asked several times at once. Partial replies are not kept. */
export function withCache(
  client: PrometheusClient,
  { cluster, generation, cache }: CacheOptions,
): PrometheusClient {
  const read = <Row>(
    about: About,
    { shelf, since, signal }: QueryOptions,
    { ask, rowBytes }: Asking<Row>,
  ): Promise<Reply<Row>> =>
    cache.read({
      // The matchers that a cluster enforces come from its registration, so the generation stands for them.
      key: JSON.stringify([cluster, generation, shelf, ...about]),
      shelf,
      since,
      signal,
      load: async (shared) => {
        const value = await ask({ shelf, since, signal: shared })
        const bytes = value.bytes + value.rows.length * rowBytes
        return { value, bytes, keep: isLasting(value, shelf) }
      },
    })

  return {
    async instant(query, at, options) {
      const ask = (own: QueryOptions) => client.instant(query, at, own)
      return read(aboutInstant(query, at, options.shelf), options, { ask, rowBytes: SAMPLE_BYTES })
    },
    async range(query, range, options) {
      if (options.once === true) return client.range(query, range, options)
      const ask = (own: QueryOptions) => client.range(query, range, own)
      return read(aboutRange(query, range), options, { ask, rowBytes: SERIES_BYTES })
    },
  }
}

interface Asking<Row> {
  readonly ask: (options: QueryOptions) => Promise<Reply<Row>>
  /** What a row takes beyond its text. */
  readonly rowBytes: number
}

/**
 * What a row takes in memory beyond its text, measured on Node 20 with 80,000 samples of 0 to 13 labels and
 * 2,000 to 20,000 series of 2 to 300 points: the estimate was never below the truth, at most 40 % above.
 */
const SAMPLE_BYTES = 100
const SERIES_BYTES = 400
