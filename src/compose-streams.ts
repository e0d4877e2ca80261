import type { Common } from './compose-redis.ts'
import type { Config } from './config.ts'
import { createLiveConnections, type LiveConnections } from './http/live-connections.ts'
import { problemOfError } from './http/problem-details.ts'
import type { SelfMetrics } from './http/self-metrics.ts'
import { createTickets, ticketsInMemory, type Tickets } from './http/tickets.ts'
import { gridTicks, type Ticks } from './http/ticks.ts'
import type { Journal } from './journal.ts'
import type { Now } from './kernel/clock.ts'
import type { ClusterRegistry, ClusterSpec, Scopes } from './services/clusters/index.ts'
import { createHub, createSharedDriver, systemTimers, type Hub } from './services/streams/index.ts'

/** Everything that connections which stay open are made of. */
export interface Streams {
  readonly now: Now
  readonly registry: Needs['registry']
  readonly scopes: Scopes
  readonly writing: { readonly strict: boolean; readonly simulated: boolean }
  readonly hub: Hub
  readonly live: LiveConnections
  readonly tickets: Tickets
  /** Servers that share what they read have their evaluation times in common. */
  readonly ticks: Ticks | undefined
  /** To be called when all connections have gone. */
  close(): void
  readonly streamLimits: typeof FIXED & {
    readonly maxTopics: number
    readonly maxBacklogBytes: number
    readonly slowSeconds: number
  }
}

interface Needs {
  readonly metrics: SelfMetrics
  readonly journal: Pick<Journal, 'stream'>
  readonly common: Common | undefined
  readonly now: Now
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'only'>
  readonly scopes: Scopes
}

const FIXED = { maxSubscriptions: 32, heartbeatSeconds: 15 }
const PING_SECONDS = 15
const IDLE_SECONDS = 60
const KEPT_SECONDS = 120

/** Builds it. Nothing is read before somebody watches. */
export function composeStreams(
  whole: Config,
  { metrics, journal, common, now, registry, scopes }: Needs,
): Streams {
  const { streams: config, production, simulated } = whole
  const hub = createHub({
    timers: systemTimers,
    limits: { ...config, ...FIXED, ringBytes: config.replayBytes, keptSeconds: KEPT_SECONDS },
    describe: (error, topic) =>
      problemOfError(error, { path: pathOf(topic), requestId: journal.stream(topic, error) }),
    drive: common && ((spec, parts) => createSharedDriver(spec, parts, common.store)),
  })
  metrics.watched(() => hub.stats())
  const limits = { ...config, pingSeconds: PING_SECONDS, idleSeconds: IDLE_SECONDS }
  return {
    hub,
    ticks: common && gridTicks(now),
    now,
    registry,
    scopes,
    writing: { strict: !production, simulated },
    live: createLiveConnections(limits, metrics),
    tickets: createTickets(common?.tickets ?? ticketsInMemory(now), {
      now,
      lifeSeconds: config.ticketSeconds,
    }),
    close: () => common?.close(),
    streamLimits: { ...FIXED, ...config },
  }
}

/** A topic begins with the name of its stream. */
const pathOf = (topic: string): string => `/api/v1/monitoring/stream/${topic.split('-')[0] ?? ''}`
