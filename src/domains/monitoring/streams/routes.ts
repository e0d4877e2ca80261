import { z } from 'zod'
import type { App, LiveRequest, Opening } from '../../../http/app.ts'
import { problemOfError } from '../../../http/problem-details.ts'
import { timestamp } from '../../../http/wire.ts'
import type { StreamNeeds } from './parts.ts'
import { INFO_EXAMPLE, TICKET_EXAMPLE } from './examples.ts'
import { infoSchema, streamInfo } from './info.ts'
import { metricQuery, powerQuery, type MetricQuery, type PowerQuery } from './parameters.ts'
import { createSession, type Wish } from './session.ts'
import { metricTopic, powerTopic } from './topics.ts'

/** The routes of what comes by itself. */
export function streamRoutes(app: App, needs: StreamNeeds): void {
  powerStreams(app, needs)
  metricStreams(app, needs)
  aboutStreams(app, needs)
}

const EVENTS =
  'The state at once as `snapshot`, then `update`, `threshold_exceeded`, `threshold_cleared`, `power_spike`, `error`, `heartbeat`, `gap` and `reset`.'
const COMMANDS =
  ' Clients may say `subscribe`, `resume`, `unsubscribe`, `set_interval` and `ping`. `spec/asyncapi.json` describes both sides.'

function powerStreams(app: App, needs: StreamNeeds): void {
  const open = (request: LiveRequest<PowerQuery>) => opening(needs, 'power', request)
  app.live({
    url: '/stream/power',
    reach: 'namespace',
    transport: 'websocket',
    summary: 'Power as it changes, by WebSocket',
    description: EVENTS + COMMANDS,
    query: powerQuery,
    open,
  })
  app.live({
    url: '/events/power',
    reach: 'namespace',
    transport: 'event_stream',
    summary: 'Power as it changes, as server-sent events',
    description: `${EVENTS} \`Last-Event-ID\` goes on where a connection broke.`,
    query: powerQuery,
    open,
  })
}

function metricStreams(app: App, needs: StreamNeeds): void {
  const open = (request: LiveRequest<MetricQuery>) => opening(needs, 'metrics', request)
  app.live({
    url: '/stream/metrics',
    reach: 'namespace',
    transport: 'websocket',
    summary: 'One measure as it changes, by WebSocket',
    description: EVENTS + COMMANDS,
    query: metricQuery,
    open,
  })
  app.live({
    url: '/events/metrics',
    reach: 'namespace',
    transport: 'event_stream',
    summary: 'One measure as it changes, as server-sent events',
    description: `${EVENTS} \`Last-Event-ID\` goes on where a connection broke.`,
    query: metricQuery,
    open,
  })
}

/** Everything that can be wrong is found before the connection is opened. */
function opening(
  needs: StreamNeeds,
  stream: Wish['stream'],
  { query, lastEventId, requestId }: LiveRequest<PowerQuery | MetricQuery>,
): Opening {
  const first = wishOf(needs, stream, query)
  needs.hub.check(first.spec)
  return (connection) => {
    const session = {
      connection,
      subscriptions: needs.hub.open(connection),
      now: needs.now,
      limits: needs.streamLimits,
      stream,
      wish: (name: Wish['stream'], asked: Wish['query']) => wishOf(needs, name, asked),
      problem: (error: unknown) => problemOfError(error, { path: STREAM_PATHS[stream], requestId }),
    }
    return createSession(session, { wish: first, lastEventId })
  }
}

/** Where the problems of a connection are said to be. */
const STREAM_PATHS = {
  power: '/api/v1/monitoring/stream/power',
  metrics: '/api/v1/monitoring/stream/metrics',
} as const

function wishOf(needs: StreamNeeds, stream: Wish['stream'], query: Wish['query']): Wish {
  // The parameters were checked by the schema of their stream.
  const spec =
    stream === 'power'
      ? powerTopic(needs, query as PowerQuery)
      : metricTopic(needs, query as MetricQuery)
  return { stream, query, spec }
}

const ticketSchema = z.object({
  ticket: z.string().describe('To be sent as `ticket` in the address of a stream.'),
  expires_at: timestamp,
  expires_in_seconds: z.number(),
})

const NOTHING = z.object({})

function aboutStreams(app: App, needs: StreamNeeds): void {
  app.action({
    method: 'POST',
    url: '/stream/tickets',
    role: 'viewer',
    reach: 'everybody',
    summary: 'A pass for one stream, for clients that cannot send credentials',
    description:
      'Browsers cannot send credentials with a WebSocket or an EventSource. A ticket opens one stream, once, and soon expires.',
    params: NOTHING,
    body: null,
    data: ticketSchema,
    example: TICKET_EXAMPLE,
    creates: true,
    carryOut: async ({ identity, at }) => {
      const { ticket, expiresAt } = await needs.tickets.issue(identity)
      const seconds = (expiresAt.getTime() - at.getTime()) / 1000
      const data = { ticket, expires_at: expiresAt, expires_in_seconds: Math.round(seconds) }
      return { data, observedAt: at, clusters: [], warnings: [] }
    },
  })
  app.resource({
    url: '/stream/info',
    reach: 'everybody',
    summary: 'What streams there are, their events, limits and closing codes',
    query: NOTHING,
    params: NOTHING,
    data: infoSchema,
    example: INFO_EXAMPLE,
    shelf: 'none',
    answer: ({ at }) => ({
      data: streamInfo(needs),
      observedAt: at,
      clusters: [],
      warnings: [],
    }),
  })
}
