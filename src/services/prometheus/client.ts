import type { Kind } from '../../kernel/kind.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Vector } from '../../promql/expression.ts'
import type { Sample, Series } from '../../promql/samples.ts'

/** How long an answer may be reused: what a thing is (1 h), what it does now (30 s), history (5 min), totals (60 s). */
export type Shelf = 'static' | 'realtime' | 'series' | 'summary'

export interface QueryOptions {
  /** Ends the query; the answer is then of no use to this caller. */
  readonly signal?: AbortSignal | undefined
  readonly shelf: Shelf
  /** A kept answer that was read before this is not good enough: what it told has changed since. */
  readonly since?: Date | undefined
  /** Nobody will ask it again: the answer is neither looked for among the kept ones nor kept. */
  readonly once?: boolean | undefined
}

/** What a backend gave, and what it said is wrong with it. Any warning makes the answer a partial one. */
export interface Reply<Row> {
  readonly rows: readonly Row[]
  readonly warnings: readonly string[]
  /** Remarks of the backend on the query that take nothing from the answer. */
  readonly infos?: readonly string[]
  /** Size of the answer's text, unpacked: what the caches and limits count with. */
  readonly bytes: number
  /** When the rows were evaluated. Older than asked for `static` rows that come from the cache. */
  readonly evaluatedAt: Date
}

/**
 * One cluster's Prometheus. Both reads reject with a backend `KCloudError`, never with another error of the
 * network, or with the reason of the caller's signal when it ended first. Everything around it (cache, retry, metrics) is a function from a client to a client.
 */
export interface PrometheusClient {
  /** The vector at one time. */
  instant(query: Vector<Kind>, at: Date, options: QueryOptions): Promise<Reply<Sample>>
  /** The matrix over a window, its points at `start`, `start + step`, … up to and including `end`. */
  range(query: Vector<Kind>, range: TimeRange, options: QueryOptions): Promise<Reply<Series>>
}
