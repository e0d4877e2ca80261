import { z } from 'zod'
import { createServer } from '../../src/server.ts'
import { createLifecycle } from '../../src/http/lifecycle.ts'
import { createLiveConnections } from '../../src/http/live-connections.ts'
import { createSelfMetrics } from '../../src/http/self-metrics.ts'
import { createTickets, ticketsInMemory } from '../../src/http/tickets.ts'
import type { Domain } from '../../src/domains/domain.ts'
import { createHub, systemTimers, type TopicSpec } from '../../src/services/streams/index.ts'
import { createScopes } from '../../src/services/clusters/index.ts'
import { answerParent } from './parent.ts'
import { CREDENTIALS, frameData, type Memory } from './stream-frame.ts'

/** Streams as they are served, of a reading that costs nothing: what is measured is bringing it to everybody. */
const metrics = createSelfMetrics()
const now = () => new Date()
const hub = createHub({
  timers: systemTimers,
  limits: {
    maxTopics: 10,
    ringBytes: 4 * 2 ** 20,
    heartbeatSeconds: 15,
    keptSeconds: 120,
    maxBacklogBytes: 2 ** 20,
    slowSeconds: 30,
  },
  describe: () => ({}),
})
let reading = 0
const spec: TopicSpec = {
  topic: 'bench',
  read: {
    key: 'bench',
    intervalSeconds: 1,
    read: (at) =>
      Promise.resolve({
        observedAt: at,
        data: frameData((reading += 1)),
        meta: '{}',
        total: reading,
        rows: [],
        scope: [],
        circumstances: '',
        basis: '',
      }),
  },
  shaping: {
    deadband: null,
    deadbandPercent: null,
    minIntervalSeconds: 0,
    threshold: null,
    spikePercent: null,
    watch: 'total',
  },
}
const domain: Domain = {
  name: 'bench',
  routes: (app) => {
    for (const transport of ['websocket', 'event_stream'] as const)
      app.live({
        url: `/${transport}`,
        reach: 'everybody',
        transport,
        summary: 'A stream to measure',
        query: z.object({}),
        open: () => (connection) => {
          const subscriptions = hub.open(connection)
          subscriptions.subscribe(spec, { resumeAfter: null })
          return {
            message: () => undefined,
            idle: () => false,
            closed: () => subscriptions.leave(),
          }
        },
      })
  },
}
const app = await createServer([domain], {
  version: '0.0.0',
  now,
  credentials: CREDENTIALS,
  log: { level: 'silent' },
  metrics,
  lifecycle: createLifecycle(),
  live: createLiveConnections(
    { maxConnections: 19_000, maxConnectionsPerUser: 19_000, pingSeconds: 15, idleSeconds: 60 },
    metrics,
  ),
  tickets: createTickets(ticketsInMemory(now), { now, lifeSeconds: 30 }),
  corsOrigins: [],
  requestsPerMinute: null,
  answerCacheBytes: 0,
  ttlSeconds: { static: 0, realtime: 0, series: 0, summary: 0 },
  trustProxy: false,
  strict: false,
  simulated: false,
  revision: () => 0,
  scopes: createScopes(),
})
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
const port = typeof address === 'object' ? (address?.port ?? 0) : 0

/** Where it listens. */
export interface StreamServerReady {
  readonly port: number
}

answerParent({ port } satisfies StreamServerReady, (): Memory => process.memoryUsage())
