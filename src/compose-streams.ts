import type { StreamConfig } from './config.ts'
import { createLiveConnections, type LiveConnections } from './http/live-connections.ts'
import { problemOfError } from './http/problem-details.ts'
import type { SelfMetrics } from './http/self-metrics.ts'
import { createTickets, ticketsInMemory, type Tickets } from './http/tickets.ts'
import type { Journal } from './journal.ts'
import type { Now } from './kernel/clock.ts'
import { createHub, systemTimers, type Hub } from './services/streams/index.ts'

/** Everything that connections which stay open are made of. */
export interface Streams {
  readonly hub: Hub
  readonly live: LiveConnections
  readonly tickets: Tickets
  readonly streamLimits: typeof FIXED & {
    readonly maxTopics: number
    readonly maxBacklogBytes: number
    readonly slowSeconds: number
  }
}

interface Needs {
  readonly metrics: SelfMetrics
  readonly journal: Pick<Journal, 'stream'>
  readonly now: Now
}

const FIXED = { maxSubscriptions: 32, heartbeatSeconds: 15 }
const PING_SECONDS = 15
const IDLE_SECONDS = 60
const KEPT_SECONDS = 120

export function composeStreams(config: StreamConfig, { metrics, journal, now }: Needs): Streams {
  const hub = createHub({
    timers: systemTimers,
    limits: {
      ...config,
      ...FIXED,
      ringBytes: config.replayBytes,
      keptSeconds: KEPT_SECONDS,
    },
    describe(error, topic) {
      const id = journal.stream(topic, error)
      return problemOfError(error, { path: `/api/v1/monitoring/stream/${streamOf(topic)}`, requestId: id }) // prettier-ignore
    },
  })
  metrics.watched(() => hub.stats())
  return {
    hub,
    live: createLiveConnections(
      { ...config, pingSeconds: PING_SECONDS, idleSeconds: IDLE_SECONDS },
      metrics,
    ),
    tickets: createTickets(ticketsInMemory(now), { now, lifeSeconds: config.ticketSeconds }),
    streamLimits: { ...FIXED, ...config },
  }
}

const streamOf = (topic: string): string => topic.split('-')[0] ?? topic
