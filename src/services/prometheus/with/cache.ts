import type { Kind } from '../../../kernel/kind.ts'
import type { Vector } from '../../../promql/expression.ts'
import { render } from '../../../promql/render.ts'
import type { PrometheusClient, QueryOptions, Reply, Shelf } from '../client.ts'

/** Where replies are kept: the part of a cache that a client needs. */
export interface ReplyCache {
  read<Value>(request: {
    readonly key: string
    readonly shelf: Shelf
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
    { shelf, signal }: QueryOptions,
    ask: (options: QueryOptions) => Promise<Reply<Row>>,
  ): Promise<Reply<Row>> =>
    cache.read({
      key: JSON.stringify([cluster, generation, shelf, ...about]),
      shelf,
      signal,
      load: async (shared) => stored(await ask({ shelf, signal: shared })),
    })

  return {
    async instant(query, at, options) {
      // What a thing is does not depend on the second: any answer of the last hour is the answer.
      const time = options.shelf === 'static' ? [] : [at.getTime()]
      return read(['instant', textOf(query), ...time], options, (own) =>
        client.instant(query, at, own),
      )
    },
    async range(query, range, options) {
      const window = [range.start.getTime(), range.end.getTime(), range.stepSeconds]
      return read(['range', textOf(query), ...window], options, (own) =>
        client.range(query, range, own),
      )
    },
  }
}

/** The matchers that a cluster enforces come from its registration, so the generation stands for them. */
const textOf = (query: Vector<Kind>): string => render(query)

const stored = <Row>(
  reply: Reply<Row>,
): { readonly value: Reply<Row>; readonly bytes: number; readonly keep: boolean } => ({
  value: reply,
  bytes: reply.bytes * HEAP_BYTES_PER_BYTE,
  keep: reply.warnings.length === 0,
})

const HEAP_BYTES_PER_BYTE = 2
