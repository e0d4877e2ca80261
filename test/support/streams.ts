import type { AddressInfo } from 'node:net'
import type { AppOptions } from '../../src/http/create-app.ts'
import { createLiveConnections, type LiveLimits } from '../../src/http/live-connections.ts'
import { problemOfError } from '../../src/http/problem-details.ts'
import { createSelfMetrics } from '../../src/http/self-metrics.ts'
import { createTickets, ticketsInMemory } from '../../src/http/tickets.ts'
import { monitoring } from '../../src/domains/monitoring/index.ts'
import { createScopes } from '../../src/services/clusters/index.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import { createHub, type HubLimits } from '../../src/services/streams/index.ts'
import { fakeTimers, type FakeTimers } from './fake-timers.ts'
import { createFleet, type Fleet, type FleetMember } from './fleet.ts'
import { openEvents, openSocket } from './stream-clients.ts'
import { createTestApp, LIVE_LIMITS, type TestApp } from './test-app.ts'

export interface StreamServer {
  /** Below which all routes lie. */
  readonly url: string
  readonly app: TestApp
  readonly fleet: Fleet
  readonly timers: FakeTimers
  readonly authorization: { readonly authorization: string }
  /** With the right credentials. */
  readonly socket: (path: string) => ReturnType<typeof openSocket>
  readonly events: (
    path: string,
    headers?: Readonly<Record<string, string>>,
  ) => ReturnType<typeof openEvents>
  ticket(): Promise<string>
  close(): Promise<void>
}

export interface StreamServerOptions {
  readonly limits?: Partial<HubLimits>
  readonly live?: Partial<LiveLimits>
  readonly app?: Partial<AppOptions>
}

const HUB_LIMITS: HubLimits = {
  maxTopics: 50,
  ringBytes: 2 ** 20,
  heartbeatSeconds: 15,
  keptSeconds: 120,
  maxBacklogBytes: 2 ** 20,
  slowSeconds: 30,
}

/** The streams of a fleet of clusters made of text, on a real port; time passes when the test says so. */
export async function serveStreams(
  members: Readonly<Record<string, FleetMember>>,
  options: StreamServerOptions = {},
): Promise<StreamServer> {
  const timers = fakeTimers()
  const now = () => timers.now()
  const fleet = createFleet(members, now)
  const metrics = createSelfMetrics()
  const limits = { ...HUB_LIMITS, ...options.limits }
  const live = createLiveConnections({ ...LIVE_LIMITS, ...options.live }, metrics)
  const tickets = createTickets(ticketsInMemory(now), { now, lifeSeconds: 30 })
  const hub = createHub({
    timers,
    limits,
    describe: (error) => problemOfError(error, { path: '/streams', requestId: 'stream' }),
  })
  metrics.watched(() => hub.stats())
  const domain = monitoring({
    telemetry: fleet.telemetry,
    fleet: createFleetReader({ telemetry: fleet.telemetry, identity: { rewrites: [], bmcs: [] } }),
    assumedPue: null,
    streams: {
      hub,
      tickets,
      live,
      now,
      registry: fleet.registry,
      scopes: createScopes(),
      writing: { strict: true, simulated: false },
      streamLimits: { ...limits, maxSubscriptions: 4 },
    },
  })
  const clock = { now, advance: () => undefined }
  const app = await createTestApp([domain], { clock, metrics, live, tickets, ...options.app })
  await app.fastify.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.fastify.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/api/v1/monitoring`
  const authorization = { authorization: app.authorization }
  return {
    url,
    app,
    fleet,
    timers,
    authorization,
    socket: (path) => openSocket(url + path, { headers: authorization }),
    events: (path, headers) => openEvents(url + path, { ...authorization, ...headers }),
    async ticket() {
      const reply = await app.send('POST', '/api/v1/monitoring/stream/tickets')
      return (JSON.parse(reply.body) as { data: { ticket: string } }).data.ticket
    },
    close: () => app.close(),
  }
}
