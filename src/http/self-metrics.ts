import { alertMetrics, type AlertMetrics } from './alert-metrics.ts'
import { scalingMetrics, type ScalingMetrics } from './scaling-metrics.ts'
import { clusterMetrics, type ClusterMetrics } from './cluster-metrics.ts'
import { collectorMetrics, type CollectorMetrics } from './collector-metrics.ts'
import { forecastMetrics, type ForecastMetrics } from './forecast-metrics.ts'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Which cache could or could not give something: ready answers, or replies of Prometheus. */
export type CacheName = 'answers' | 'queries'

export interface RequestDone {
  readonly method: string
  /** The template of the route, never the path: paths are without number. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

export interface QueryDone {
  readonly cluster: string
  readonly operation: 'instant' | 'range'
  /** `ok` or the kind of the failure. */
  readonly outcome: string
  readonly seconds: number
}

/** What the server counts about itself. Everything that has something to count gets this handed. */
export interface SelfMetrics
  extends ForecastMetrics, CollectorMetrics, ScalingMetrics, AlertMetrics, ClusterMetrics {
  request(done: RequestDone): void
  query(done: QueryDone): void
  cacheHit(cache: CacheName): void
  cacheMiss(cache: CacheName): void
  webSockets(change: 1 | -1): void
  eventStreams(change: 1 | -1): void
  /** A stream was ended by the server, for this reason. */
  streamClosed(code: string): void
  /** What is watched is read when somebody looks at it. */
  watched(read: () => { readonly topics: number; readonly subscriptions: number }): void
  /** The share of hits in everything that caches were asked for; null before the first. */
  cacheHitRate(): number | null
  /** All of it in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

/** The counters of one server, in a registry of its own. */
export function createSelfMetrics(): SelfMetrics {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const http = httpMetrics(register)
  const caches = cacheMetrics(register)
  const queries = new Histogram({
    name: 'prometheus_query_duration_seconds',
    help: 'How long the Prometheus of a cluster took to answer one query.',
    labelNames: ['cluster', 'operation', 'outcome'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [register],
  })
  return {
    request: http,
    query: ({ cluster, operation, outcome, seconds }) =>
      queries.observe({ cluster, operation, outcome }, seconds),
    ...streamMetrics(register),
    ...caches,
    ...forecastMetrics(register),
    ...scalingMetrics(register),
    ...alertMetrics(register),
    ...clusterMetrics(register),
    ...collectorMetrics(register),
    text: () => register.metrics(),
    contentType: register.contentType,
  }
}

interface RequestCount {
  readonly method: string
  readonly route: string
  readonly status: number
  count: number
}

function httpMetrics(register: Registry): SelfMetrics['request'] {
  const counts = new Map<string, RequestCount>()
  const all = () => counts.values()
  const failed = () => [...counts.values()].filter(({ status }) => status >= 400)
  requestCounter(all, {
    name: 'api_requests_total',
    help: 'Requests that were answered.',
    register,
  })
  requestCounter(failed, {
    name: 'api_errors_total',
    help: 'Requests that were answered with a status of 400 or above.',
    register,
  })
  const durations = new Histogram({
    name: 'api_request_duration_seconds',
    help: 'From the first byte of the request to the last of the answer.',
    labelNames: ['method', 'route'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  })
  return ({ method, route, status, seconds }) => {
    const key = `${status} ${method} ${route}`
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { method, route, status, count: 1 })
    else known.count += 1
    durations.observe({ method, route }, seconds)
  }
}

/** A counter that is filled when somebody looks at it, which is much rarer than a request. */
function requestCounter(
  counts: () => Iterable<RequestCount>,
  { register, ...about }: { readonly name: string; readonly help: string; register: Registry },
): void {
  const counter = new Counter({
    ...about,
    labelNames: ['method', 'route', 'status'] as const,
    registers: [register],
    collect() {
      counter.reset()
      for (const { count, ...labels } of counts()) counter.inc(labels, count)
    },
  })
}

function streamMetrics(register: Registry) {
  const registers = [register]
  const sockets = new Gauge({
    name: 'websocket_connections',
    help: 'Open WebSocket connections.',
    registers,
  })
  const streams = new Gauge({
    name: 'event_stream_connections',
    help: 'Open connections with server-sent events.',
    registers,
  })
  const closed = new Counter({
    name: 'streams_closed_total',
    help: 'WebSockets and event streams that the server ended, by the reason.',
    labelNames: ['code'] as const,
    registers,
  })
  closed.inc({ code: 'slow' }, 0)
  return {
    webSockets: (change: 1 | -1) => sockets.inc(change),
    eventStreams: (change: 1 | -1) => streams.inc(change),
    streamClosed: (code: string) => closed.inc({ code }),
    watched: (read: Parameters<SelfMetrics['watched']>[0]) => watchedMetrics(registers, read),
  }
}

function watchedMetrics(registers: Registry[], read: Parameters<SelfMetrics['watched']>[0]): void {
  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) })
  }
  gauge('stream_topics', 'Different subscriptions that are read.', () => read().topics)
  gauge('stream_subscriptions', 'Subscriptions of all connections.', () => read().subscriptions)
}

function cacheMetrics(register: Registry) {
  const labelNames = ['cache'] as const
  const registers = [register]
  const hits = new Counter({
    name: 'cache_hits_total',
    help: 'What a cache could give.',
    labelNames,
    registers,
  })
  const misses = new Counter({
    name: 'cache_misses_total',
    help: 'What a cache could not give.',
    labelNames,
    registers,
  })
  let hit = 0
  let asked = 0
  return {
    cacheHit(cache: CacheName) {
      hit += 1
      asked += 1
      hits.inc({ cache })
    },
    cacheMiss(cache: CacheName) {
      asked += 1
      misses.inc({ cache })
    },
    cacheHitRate: () => (asked === 0 ? null : hit / asked),
  }
}
