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
  withSharedReplies,
  type Observation,
  type SharedRepliesOptions,
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
  /** Where replies are in common with other servers, and which program reads them. */
  readonly share?:
    | (Pick<SharedRepliesOptions, 'replies' | 'ttlSeconds'> & { readonly program: string })
    | undefined
}

/**
 * The way to one cluster. From the outside in: what was read lately, here or by a
 * server that shares its replies, is not asked again; the wait for a free place,
 * retries and the question itself share one deadline; a cluster that keeps failing is left alone for a while; every
 * question that goes out is counted and timed.
 */
export function connectTo({ open, cache, observe, now, share }: ConnectNeeds) {
  return (spec: ClusterSpec, generation: number): Connection => {
    const end = open(spec)
    const counted = withMetrics(end.client, { cluster: spec.name, observe })
    const breaker = withBreaker(withRetry(counted), { now })
    const patient = withDeadline(withLimit(breaker), spec)
    const place = JSON.stringify([share?.program, spec])
    const shared = share ? withSharedReplies(patient, { ...share, place, now }) : patient
    return {
      ...end,
      client: withCache(shared, { cluster: spec.name, generation, cache }),
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
