import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Now } from '../../src/kernel/clock.ts'
import type { Domain } from '../../src/domains/domain.ts'
import type { AppOptions } from '../../src/http/create-app.ts'
import { createLifecycle, type Lifecycle } from '../../src/http/lifecycle.ts'
import { createLiveConnections } from '../../src/http/live-connections.ts'
import { createSelfMetrics, type SelfMetrics } from '../../src/http/self-metrics.ts'
import { createTickets, ticketsInMemory } from '../../src/http/tickets.ts'
import { createServer } from '../../src/server.ts'
import { createScopes } from '../../src/services/clusters/index.ts'
import { createResponseCheck } from './response-check.ts'

/** What everyone in the tests may know. */
export const CREDENTIALS = { username: 'tester', password: 'correct horse' }

const AUTHORIZATION = `Basic ${Buffer.from('tester:correct horse').toString('base64')}`

/** A clock that stands still until a test moves it. */
export interface FakeClock {
  readonly now: Now
  advance(seconds: number): void
}

/** A clock that starts at a time which is whole in every usual step. */
export function fakeClock(start = '2026-11-20T00:00:00.000Z'): FakeClock {
  let time = new Date(start).getTime()
  return {
    now: () => new Date(time),
    advance(seconds) {
      time += seconds * 1000
    },
  }
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** `false` sends no credentials, a text is sent as the `Authorization` header. */
  readonly auth?: false | string
}

export interface TestApp {
  readonly fastify: FastifyInstance
  readonly clock: FakeClock
  /** The `Authorization` header of the right credentials. */
  readonly authorization: string
  readonly lifecycle: Lifecycle
  readonly metrics: SelfMetrics
  /** Every log line so far. */
  readonly logs: readonly Record<string, unknown>[]
  /** A request with the right credentials. What comes back is checked against the OpenAPI document. */
  get(url: string, options?: GetOptions): Promise<LightMyRequestResponse>
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    options?: GetOptions & { readonly body?: object },
  ): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

/** Room for everybody. */
export const LIVE_LIMITS = {
  maxConnections: 1000,
  maxConnectionsPerUser: 1000,
  pingSeconds: 15,
  idleSeconds: 60,
}

/** A whole server around some domains: known credentials, a clock that stands still, no limit, strict answers. */
export async function createTestApp(
  domains: readonly Domain[],
  overrides: Partial<AppOptions> & { readonly clock?: FakeClock } = {},
): Promise<TestApp> {
  const { clock = fakeClock(), ...options } = overrides
  const logs: Record<string, unknown>[] = []
  const lifecycle = options.lifecycle ?? createLifecycle()
  const metrics = options.metrics ?? createSelfMetrics()
  const fastify = await createServer(domains, {
    version: '0.0.0-test',
    now: clock.now,
    credentials: CREDENTIALS,
    log: {
      level: 'info',
      stream: { write: (line) => void logs.push(JSON.parse(line) as Record<string, unknown>) },
    },
    metrics,
    lifecycle,
    live: createLiveConnections(LIVE_LIMITS, metrics),
    tickets: createTickets(ticketsInMemory(clock.now), { now: clock.now, lifeSeconds: 30 }),
    corsOrigins: [],
    requestsPerMinute: null,
    answerCacheBytes: 16 * 1024 * 1024,
    ttlSeconds: { static: 3600, realtime: 30, series: 300, summary: 60 },
    trustProxy: false,
    strict: true,
    simulated: false,
    revision: () => 0,
    scopes: createScopes(),
    ...options,
  })
  await fastify.ready()
  const check = createResponseCheck(fastify)

  const request = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    { headers, auth, body }: GetOptions & { readonly body?: object } = {},
  ) => {
    const authorization = auth === false ? {} : { authorization: auth ?? AUTHORIZATION }
    const response = await fastify.inject({
      method,
      url,
      headers: { ...authorization, ...headers },
      ...(body && { payload: body }),
    })
    check(method, url, response)
    return response
  }
  return {
    fastify,
    clock,
    authorization: AUTHORIZATION,
    lifecycle,
    metrics,
    logs,
    get: (url, get) => request('GET', url, get),
    send: request,
    close: () => fastify.close(),
  }
}
