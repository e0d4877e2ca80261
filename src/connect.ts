import type { Now } from './kernel/clock.ts'
import type { Cache } from './services/cache/index.ts'
import type { ClusterSpec, Connection } from './services/clusters/index.ts'
import {
  createHttpClient,
  withBreaker,
  withCache,
  withDeadline,
  withLimit,
  withMetrics,
  withRetry,
  type Observation,
  type Shelf,
} from './services/prometheus/index.ts'

/** The far end of a connection: what answers, before anything is wrapped around it. */
export type ConnectionEnd = Pick<Connection, 'client' | 'probe' | 'close'>

export interface ConnectNeeds {
  readonly open: (spec: ClusterSpec) => ConnectionEnd
  readonly cache: Cache<Shelf>
  /** Hears of every question that goes out. */
  readonly observe: (done: Observation) => void
  readonly now: Now
}

/**
 * The way to one cluster. From the outside in: what was read lately is not asked again; every question that
 * goes out is counted and timed; a cluster that keeps failing is left alone for a while; retries, the wait for a
 * free place and the question itself share one deadline.
 */
export function connectTo({ open, cache, observe, now }: ConnectNeeds) {
  return (spec: ClusterSpec, generation: number): Connection => {
    const end = open(spec)
    const patient = withDeadline(withRetry(withLimit(end.client)), spec)
    const breaker = withBreaker(patient, { now })
    const counted = withMetrics(breaker, { cluster: spec.name, observe })
    return {
      ...end,
      client: withCache(counted, { cluster: spec.name, generation, cache }),
      circuit: () => breaker.circuit(),
    }
  }
}

/** Opens the way to a Prometheus on the network. */
export function openHttp(maxAnswerBytes: number) {
  return (spec: ClusterSpec): ConnectionEnd => {
    const client = createHttpClient(spec, { maxAnswerBytes })
    return {
      client,
      probe: (signal) => client.buildInfo(signal),
      close: () => client.close(),
    }
  }
}
