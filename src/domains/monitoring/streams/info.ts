import { z } from 'zod'
import { CLOSING_CODES } from '../../../http/live-connections.ts'
import { COMMANDS } from './commands.ts'
import { EVENT_MEANINGS } from './events.ts'
import { STREAMS, type StreamName } from './parameters.ts'
import type { StreamNeeds } from './parts.ts'

const named = z.object({ name: z.string(), meaning: z.string() })

/** What there is to watch. */
export const infoSchema = z.object({
  streams: z.array(
    z.object({
      name: z.string(),
      websocket: z.string(),
      event_stream: z.string(),
      parameters: z.array(z.string()),
    }),
  ),
  events: z.array(named),
  commands: z.array(z.string()).describe('What a client may say on a WebSocket.'),
  closing_codes: z.array(z.object({ code: z.int(), name: z.string(), meaning: z.string() })),
  limits: z.object({
    connections: z.int(),
    connections_per_user: z.int(),
    subscriptions_per_connection: z.int(),
    topics: z.int().describe('Different subscriptions that are read at once.'),
    backlog_bytes: z
      .int()
      .describe('What a connection may be behind before it gets only the newest state.'),
    slow_seconds: z.number().describe('Who stays behind for longer is sent away.'),
    idle_seconds: z.number().describe('A WebSocket without subscriptions is closed after this.'),
    heartbeat_seconds: z.number(),
    interval_seconds: z.object({ min: z.int(), max: z.int(), default: z.int() }),
  }),
  now: z.object({
    websocket_connections: z.int(),
    event_stream_connections: z.int(),
    subscriptions: z.int(),
    topics: z.int(),
    reads: z.int().describe('Different questions that are put to the clusters.'),
  }),
})

const BASE = '/api/v1/monitoring'

const CLOSING_MEANINGS: Readonly<Record<keyof typeof CLOSING_CODES, string>> = {
  going_away: 'The server stops; connect again in a moment and resume.',
  slow: 'The client did not read what it was sent; it may connect again.',
  idle: 'Nothing was subscribed to for a while.',
  expired: 'The key or token has expired; sign in with another one.',
  revoked: 'The credentials were revoked or changed.',
}

export function streamInfo({
  hub,
  live,
  streamLimits,
}: Pick<StreamNeeds, 'hub' | 'live' | 'streamLimits'>): z.output<typeof infoSchema> {
  const { topics, subscriptions, sources } = hub.stats()
  const { websocket, event_stream: eventStream } = live.count()
  return {
    streams: (Object.keys(STREAMS) as StreamName[]).map((name) => ({
      name,
      websocket: `${BASE}/stream/${name}`,
      event_stream: `${BASE}/events/${name}`,
      parameters: Object.keys(STREAMS[name].shape),
    })),
    events: Object.entries(EVENT_MEANINGS).map(([name, meaning]) => ({ name, meaning })),
    commands: Object.keys(COMMANDS),
    closing_codes: Object.entries(CLOSING_MEANINGS).map(([name, meaning]) => ({
      // The names are those of the codes.
      code: CLOSING_CODES[name as keyof typeof CLOSING_CODES],
      name,
      meaning,
    })),
    limits: limitsOf(live.limits, streamLimits),
    now: {
      websocket_connections: websocket,
      event_stream_connections: eventStream,
      subscriptions,
      topics,
      reads: sources,
    },
  }
}

function limitsOf(limits: StreamNeeds['live']['limits'], own: StreamNeeds['streamLimits']) {
  return {
    connections: limits.maxConnections,
    connections_per_user: limits.maxConnectionsPerUser,
    subscriptions_per_connection: own.maxSubscriptions,
    topics: own.maxTopics,
    backlog_bytes: own.maxBacklogBytes,
    slow_seconds: own.slowSeconds,
    idle_seconds: limits.idleSeconds,
    heartbeat_seconds: own.heartbeatSeconds,
    interval_seconds: { min: 1, max: 60, default: 5 },
  }
}
