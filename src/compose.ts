import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { system, type Capabilities } from './domains/system/index.ts'
import { createLifecycle } from './http/lifecycle.ts'
import { createSelfMetrics } from './http/self-metrics.ts'
import { createServer } from './server.ts'
import { createRegistry } from './services/clusters/index.ts'
import { readVersion } from './version.ts'

/** The server with everything that it is made of. */
export interface Composed {
  readonly server: FastifyInstance
  /** Stops taking requests, lets those in flight finish, and ends everything else. */
  close(): Promise<void>
}

/** Builds everything that the configuration asks for. Nothing listens yet. */
export async function compose(config: Config): Promise<Composed> {
  const now = () => new Date()
  const metrics = createSelfMetrics()
  const lifecycle = createLifecycle()
  const version = readVersion(process.env)
  const registry = createRegistry({
    clusters: [],
    connect: () => {
      throw new TypeError('no clusters yet')
    },
    healthIntervalSeconds: config.healthIntervalSeconds,
    healthTimeoutSeconds: 5,
    now,
  })
  const own = system({
    registry,
    lifecycle,
    metrics,
    version,
    now,
    startedAt: now(),
    cacheHitRate: () => metrics.cacheHitRate(),
    capabilities: () => capabilitiesOf(config),
  })
  const server = await createServer([own], {
    ...config,
    version: version.version,
    now,
    log: { level: config.logLevel },
    metrics,
    lifecycle,
    answerCacheBytes: config.cacheBytes / 2,
    strict: !config.production,
    simulated: config.demo && config.clusters.length === 0,
    revision: () => registry.revision,
  })
  return {
    server,
    async close() {
      await server.close()
      await registry.close()
    },
  }
}

function capabilitiesOf(config: Config): Capabilities {
  return {
    domains: ['system'],
    sources: [],
    clusters: [],
    formats: ['json'],
    features: [],
    limits: {
      rows_per_page: 10_000,
      points_per_series: 11_000,
      requests_per_minute: config.requestsPerMinute,
    },
  }
}
