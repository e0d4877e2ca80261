import { KCloudError, type BackendErrorKind } from '../../../src/kernel/errors.ts'
import type { Sample } from '../../../src/promql/samples.ts'
import type {
  PrometheusClient,
  QueryOptions,
  Reply,
} from '../../../src/services/prometheus/index.ts'

export const AT = new Date('2026-11-20T05:00:00Z')

/** A reply with these values, and what the backend said is missing. */
export function reply(values: readonly number[], warnings: readonly string[] = []): Reply<Sample> {
  const rows = values.map((value) => ({ labels: {}, seconds: 1, value }))
  return { rows, warnings, bytes: 100, evaluatedAt: AT }
}

export function failure(kind: BackendErrorKind, retryAfterSeconds?: number): KCloudError {
  return new KCloudError(kind, {
    detail: `said ${kind}`,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  })
}

/** A question that the stub was asked, to be answered when the test wants it. */
export interface Asked {
  readonly options: QueryOptions
  readonly at: Date
  answer(reply: Reply<Sample>): void
  fail(error: unknown): void
}

/** A client at the other end of a wrapper. It never answers by itself, and minds its signal as a client does. */
export function stubClient(): {
  readonly client: PrometheusClient
  readonly asked: readonly Asked[]
} {
  const asked: Asked[] = []
  const client: PrometheusClient = {
    instant: (_query, at, options) =>
      new Promise((resolve, reject) => {
        asked.push({ options, at, answer: resolve, fail: reject })
        const abort = (): void => reject(options.signal?.reason as Error)
        if (options.signal?.aborted === true) abort()
        options.signal?.addEventListener('abort', abort)
      }),
    range: () => Promise.resolve({ rows: [], warnings: [], bytes: 10, evaluatedAt: AT }),
  }
  return { client, asked }
}

/** A client that gives these outcomes one after the other, the last again and again. */
export function scriptedClient(outcomes: readonly (Reply<Sample> | Error)[]): {
  readonly client: PrometheusClient
  readonly calls: () => number
} {
  let calls = 0
  const next = (): Promise<Reply<Sample>> => {
    const outcome = outcomes[Math.min(calls, outcomes.length - 1)]!
    calls += 1
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome)
  }
  const client: PrometheusClient = {
    instant: next,
    range: async () => ({ ...(await next()), rows: [] }),
  }
  return { client, calls: () => calls }
}
