import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NOBODY } from '../kernel/principal.ts'
import type { Sight, Sighted } from '../kernel/sight.ts'
import { addressOf } from './address.ts'
import type { LiveRoute, Opening } from './app.ts'
import { openEventStream } from './event-stream.ts'
import type { LiveConnections } from './live-connections.ts'
import type { LiveGuard } from './live-guard.ts'
import { checkOrigin } from './origin-check.ts'
import { sendProblem } from './problem-details.ts'
import { sightIn } from './reach.ts'
import { accountFor } from './request-hooks.ts'
import type { SelfMetrics } from './self-metrics.ts'
import { openWebSocket, type Socket } from './websocket.ts'

/** What every route of connections that stay open needs. */
export interface LiveContext {
  readonly live: LiveConnections
  readonly guard: LiveGuard
  readonly corsOrigins: readonly string[]
  readonly scopes: Sighted
  readonly metrics: Pick<SelfMetrics, 'request'>
}

type AnyLiveRoute = LiveRoute<z.ZodObject>

/** What is beside the parameters of every such route. */
const COMMON = {
  ticket: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('A ticket in place of credentials, from `POST /monitoring/stream/tickets`.'),
  last_event_id: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('The id of the last event that the client had, to go on after it.'),
}

/** Mounts a route whose answer has no end. Everything that can be refused is refused before it begins. */
export function mountLive(
  fastify: FastifyInstance,
  route: AnyLiveRoute,
  context: LiveContext,
): void {
  const openings = new WeakMap<FastifyRequest, Opening>()
  const query = z.strictObject({ ...route.query.shape, ...COMMON })
  fastify.route({
    method: 'GET',
    url: route.url,
    exposeHeadRoute: false,
    config: { tickets: true, role: 'viewer', reach: route.reach },
    schema: { querystring: query, ...docsOf(route) },
    preHandler: async (request, reply) => {
      checkOrigin(request, context.corsOrigins)
      if (route.transport === 'websocket' && !request.ws) return
      openings.set(request, within(sightIn(request), await prepare(route, request), context))
      admit(route, { request, reply, context })
    },
    ...handlersOf(route, openings, context),
  })
}

async function prepare(route: AnyLiveRoute, request: FastifyRequest): Promise<Opening> {
  // The route's schema has made it so.
  const { ticket: _, last_event_id: asked, ...query } = request.query as Record<string, unknown>
  const principal = request.principal ?? NOBODY
  const header = request.headers['last-event-id']
  const lastEventId = typeof header === 'string' && header !== '' ? header.slice(0, 64) : asked
  return route.open({
    query,
    user: principal.name,
    principal,
    lastEventId: typeof lastEventId === 'string' ? lastEventId : null,
    requestId: request.id,
  })
}

/** What a client says comes from its connection, which is nobody's: it is carried out as what the client may see. */
function within(sight: Sight, opening: Opening, { scopes }: Pick<LiveContext, 'scopes'>): Opening {
  return (connection) => {
    const receiver = scopes.within(sight, () => opening(connection))
    return {
      ...receiver,
      message: (text) => scopes.within(sight, () => receiver.message(text)),
    }
  }
}

interface Call {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly context: LiveContext
}

/** The place is free again when the connection, or the answer on it, is over: whatever became of it. */
function admit({ transport }: AnyLiveRoute, { request, reply, context }: Call): void {
  const release = context.live.admit(request.principal?.name ?? '', transport)
  if (transport === 'event_stream') {
    reply.raw.once('close', release)
    return
  }
  void reply.code(101)
  const address = addressOf(request)
  request.raw.socket.once('close', () => {
    release()
    // Of an upgraded connection nobody else hears the end.
    if (reply.statusCode === 101) accountFor({ request, reply, address }, context.metrics)
  })
}

function handlersOf(
  { transport }: AnyLiveRoute,
  openings: WeakMap<FastifyRequest, Opening>,
  { live, guard }: LiveContext,
) {
  const needsOf = (request: FastifyRequest) => {
    const opening = openings.get(request)
    if (opening === undefined) throw new TypeError('the connection was not prepared')
    const { identity } = request
    return { live, opening, guard: guard.watcher(identity) }
  }
  if (transport === 'event_stream')
    return {
      handler: (request: FastifyRequest, reply: FastifyReply) =>
        openEventStream({ request, reply }, needsOf(request)),
    }
  return {
    wsHandler: (socket: Socket, request: FastifyRequest) =>
      openWebSocket({ socket, tcp: request.raw.socket }, needsOf(request)),
    handler: (request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('upgrade', 'websocket').header('connection', 'upgrade')
      sendProblem({ kind: 'upgrade_required' }, request, reply)
      return reply
    },
  }
}

const STREAM_TEXT = {
  websocket: {
    101: z.null().describe('A WebSocket; its messages are in `spec/asyncapi.json`.'),
  },
  event_stream: {
    200: {
      description: 'Server-sent events without an end; they are described in `spec/asyncapi.json`.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
  },
} as const

function docsOf({ summary, description, transport }: AnyLiveRoute) {
  return {
    summary,
    ...(description !== undefined && { description }),
    response: STREAM_TEXT[transport],
  }
}
