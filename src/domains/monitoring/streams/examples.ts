import type { z } from 'zod'
import type { infoSchema } from './info.ts'

/** A ticket as it is given. */
export const TICKET_EXAMPLE = {
  ticket: '2qP0y8mV3cXv1b7nKk5sJw9dTfGh4LzR',
  expires_at: '2026-11-20T05:00:30.000Z',
  expires_in_seconds: 30,
}

/** The answer of the demo. */
export const INFO_EXAMPLE: z.input<typeof infoSchema> = {
  streams: [
    {
      name: 'power',
      websocket: '/api/v1/monitoring/stream/power',
      event_stream: '/api/v1/monitoring/events/power',
      parameters: [
        'cluster',
        'resource_type',
        'by',
        'idle',
        'interval',
        'deadband',
        'deadband_percent',
        'min_interval',
        'hysteresis_percent',
        'threshold_watts',
        'spike_percent',
        'watch',
      ],
    },
    {
      name: 'metrics',
      websocket: '/api/v1/monitoring/stream/metrics',
      event_stream: '/api/v1/monitoring/events/metrics',
      parameters: [
        'cluster',
        'metric',
        'entity',
        'aggregation',
        'by',
        'interval',
        'deadband',
        'deadband_percent',
        'min_interval',
        'hysteresis_percent',
        'threshold',
      ],
    },
  ],
  events: [
    { name: 'snapshot', meaning: 'The whole state, for one who sees it for the first time.' },
    { name: 'update', meaning: 'The whole state, changed.' },
    {
      name: 'threshold_exceeded',
      meaning: 'A watched figure went above its threshold; told once.',
    },
    { name: 'threshold_cleared', meaning: 'It fell below by more than the hysteresis; told once.' },
    {
      name: 'power_spike',
      meaning: 'A watched figure changed by more than `spike_percent` since the reading before.',
    },
    {
      name: 'error',
      meaning:
        'A reading failed (told once, until it succeeds again), or a message could not be followed.',
    },
    { name: 'heartbeat', meaning: 'The topic is alive; whether its last reading succeeded.' },
    { name: 'gap', meaning: 'Events were left out; the state follows.' },
    {
      name: 'reset',
      meaning: 'The events after the given id are not kept any more; the state follows.',
    },
    {
      name: 'subscribed',
      meaning: 'The answer to `subscribe`, `resume` and `set_interval`, on a WebSocket.',
    },
    { name: 'unsubscribed', meaning: 'The answer to `unsubscribe`, on a WebSocket.' },
    { name: 'pong', meaning: 'The answer to `ping`, on a WebSocket.' },
    {
      name: 'closing',
      meaning:
        'The last event of an event stream that the server ends; a WebSocket has a closing code.',
    },
  ],
  commands: ['subscribe', 'resume', 'unsubscribe', 'set_interval', 'ping'],
  closing_codes: [
    {
      code: 1001,
      name: 'going_away',
      meaning: 'The server stops; connect again in a moment and resume.',
    },
    {
      code: 1013,
      name: 'slow',
      meaning: 'The client did not read what it was sent; it may connect again.',
    },
    { code: 4000, name: 'idle', meaning: 'Nothing was subscribed to for a while.' },
    {
      code: 4001,
      name: 'expired',
      meaning: 'The key or token has expired; sign in with another one.',
    },
    { code: 4003, name: 'revoked', meaning: 'The credentials were revoked or changed.' },
  ],
  limits: {
    connections: 10000,
    connections_per_user: 2000,
    subscriptions_per_connection: 32,
    topics: 500,
    backlog_bytes: 1048576,
    slow_seconds: 30,
    idle_seconds: 60,
    heartbeat_seconds: 15,
    interval_seconds: { min: 1, max: 60, default: 5 },
  },
  now: {
    websocket_connections: 0,
    event_stream_connections: 0,
    subscriptions: 0,
    topics: 0,
    reads: 0,
  },
}
