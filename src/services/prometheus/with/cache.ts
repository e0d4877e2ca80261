import type { Kind } from '../../../kernel/kind.ts'
import type { Vector } from '../../../promql/expression.ts'
import { render } from '../../../promql/render.ts'
import type { Sample } from '../../../promql/samples.ts'
import type { PrometheusClient, QueryOptions, Reply, Shelf } from '../client.ts'

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
    about: readonly (string | number)[],
    { shelf, since, signal }: QueryOptions,
    ask: (options: QueryOptions) => Promise<Stored<Row>>,
  ): Promise<Reply<Row>> =>
    cache.read({
      key: JSON.stringify([cluster, generation, shelf, ...about]),
      shelf,
      since,
      signal,
      load: (shared) => ask({ shelf, since, signal: shared }),
    })

  return {
    async instant(query, at, options) {
      // What a thing is does not depend on the second: any answer of the last hour is the answer.
      const time = options.shelf === 'static' ? [] : [at.getTime()]
      return read(['instant', textOf(query), ...time], options, async (own) =>
        storedNow(await client.instant(query, at, own), options.shelf),
      )
    },
    async range(query, range, options) {
      if (options.once === true) return client.range(query, range, options)
      const window = [range.start.getTime(), range.end.getTime(), range.stepSeconds]
      return read(['range', textOf(query), ...window], options, async (own) =>
        stored(await client.range(query, range, own), SERIES_BYTES),
      )
    },
  }
}

/** The matchers that a cluster enforces come from its registration, so the generation stands for them. */
const textOf = (query: Vector<Kind>): string => render(query)

interface Stored<Row> {
  readonly value: Reply<Row>
  readonly bytes: number
  readonly keep: boolean
}

/** That nothing is there yet is no lasting fact: it is asked again before the hour is over. */
function storedNow(reply: Reply<Sample>, shelf: Shelf): Stored<Sample> {
  const entry = stored(reply, SAMPLE_BYTES)
  return shelf === 'static' && reply.rows.length === 0 ? { ...entry, keep: false } : entry
}

const stored = <Row>(reply: Reply<Row>, rowBytes: number): Stored<Row> => ({
  value: reply,
  bytes: reply.bytes + reply.rows.length * rowBytes,
  keep: reply.warnings.length === 0,
})

/**
 * What a row takes in memory beyond its text, measured on Node 20 with 80,000 samples of 0 to 13 labels and
 * 2,000 to 20,000 series of 2 to 300 points: the estimate was never below the truth, at most 40 % above.
 */
const SAMPLE_BYTES = 100
const SERIES_BYTES = 400
