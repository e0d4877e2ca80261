import type { Config } from './config.ts'
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

export interface ConnectNeeds {
  readonly config: Pick<Config, 'maxAnswerBytes'>
  readonly cache: Cache<Shelf>
  /** Hears of every question that goes out. */
  readonly observe: (done: Observation) => void
  readonly now: Now
}

/**
 * The way to one cluster's Prometheus. From the outside in: what was read lately is not asked again; every
 * question that goes out is counted and timed; a cluster that keeps failing is left alone for a while; retries,
 * the wait for a free place and the question itself share one deadline.
 */
export function connectTo(needs: ConnectNeeds) {
  return (spec: ClusterSpec, generation: number): Connection => {
    const { maxAnswerBytes } = needs.config
    const http = createHttpClient(spec, { maxAnswerBytes })
    const patient = withDeadline(withRetry(withLimit(http)), spec)
    const breaker = withBreaker(patient, { now: needs.now })
    const counted = withMetrics(breaker, {
      cluster: spec.name,
      observe: needs.observe,
    })
    return {
      client: withCache(counted, { cluster: spec.name, generation, cache: needs.cache }),
      probe: (signal) => http.buildInfo(signal),
      circuit: () => breaker.circuit(),
      close: () => http.close(),
    }
  }
}
