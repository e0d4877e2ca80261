import type { PrometheusClient, QueryOptions, Reply } from '../client.ts'

/** Which of a client's two reads. */
export type Operation = 'instant' | 'range'

/** One read, whichever it is: what most wrappers have to know about it. */
export interface Read<Row> {
  readonly operation: Operation
  readonly options: QueryOptions
  /** Asks the wrapped client, with other options where the wrapper wants so. */
  readonly ask: (options?: QueryOptions) => Promise<Reply<Row>>
}

/** A client whose reads all go through one function. */
export function wrap(
  client: PrometheusClient,
  around: <Row>(read: Read<Row>) => Promise<Reply<Row>>,
): PrometheusClient {
  return {
    instant: (query, at, options) =>
      around({
        operation: 'instant',
        options,
        ask: (own = options) => client.instant(query, at, own),
      }),
    range: (query, range, options) =>
      around({
        operation: 'range',
        options,
        ask: (own = options) => client.range(query, range, own),
      }),
  }
}
