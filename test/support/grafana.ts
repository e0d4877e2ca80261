import { constantIntensity } from '../../src/config-intensities.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { createDemo } from '../../src/demo.ts'
import {
  createRegistry,
  type ClusterRegistry,
  type ClusterSpec,
} from '../../src/services/clusters/index.ts'
import { cost } from '../../src/domains/cost/index.ts'
import { grafana } from '../../src/domains/grafana/index.ts'
import { monitoring } from '../../src/domains/monitoring/index.ts'
import { prometheus } from '../../src/domains/prometheus/index.ts'
import { createCanonical, type Canonical } from '../../src/services/canonical/index.ts'
import { createCostReader, fixedIntensities } from '../../src/services/costs/index.ts'
import {
  createDataEvents,
  type DataEvent,
  type DataEvents,
} from '../../src/services/events/index.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import { createTelemetry, type Telemetry } from '../../src/services/telemetry/index.ts'
import { createCache } from '../../src/services/cache/index.ts'
import { clusterSpec, withCache, type Shelf } from '../../src/services/prometheus/index.ts'
import { exact, RATES } from './cost.ts'
import { simulatedEnd } from './every-domain.ts'
import { quietWorld } from './quiet-world.ts'
import { startForecasts } from './forecasts.ts'
import { NO_RULES } from './monitoring.ts'
import { createTestApp, fakeClock, type GetOptions, type TestApp } from './test-app.ts'

/** The data source of Grafana beside the routes that give the same figures. */
export interface GrafanaApp {
  readonly app: TestApp
  readonly events: DataEvents
  /** The alerts that the service knows of. */
  readonly alertEpisodes: DataEvent[]
  readonly canonical: Canonical
  /** What it is made of. */
  readonly needs: Parameters<typeof createCanonical>[0]
  /** A call below `/prometheus/api/v1`, with its parameters in the address, or as a form. */
  readonly prom: (
    path: string,
    parameters?: Readonly<Record<string, string>>,
    options?: GetOptions & { readonly form?: boolean },
  ) => Promise<{ status: number; body: any }>
  /** What is posted to a path below `/grafana`, and what comes back. */
  readonly post: (
    path: string,
    body: object,
    options?: GetOptions,
  ) => Promise<{ status: number; body: any }>
  /** The frames of some targets over a window that ends now. */
  readonly query: (
    targets: readonly object[],
    more?: object,
  ) => Promise<{ status: number; body: any }>
  /** The data of a route below `/api/v1`. */
  readonly rest: (path: string) => Promise<any>
  close(): Promise<void>
}

interface Reads {
  readonly registry: ClusterRegistry<ClusterSpec>
  readonly telemetry: Telemetry
}

/** Serves `/grafana`, monitoring and cost over some clusters; whoever asks for it closes it. */
export async function serveGrafana(
  { registry, telemetry }: Pick<Reads, 'registry' | 'telemetry'>,
  start?: string,
): Promise<GrafanaApp> {
  const clock = fakeClock(start)
  const fleet = createFleetReader({ telemetry, identity: NO_RULES })
  const costs = createCostReader({
    telemetry,
    fleet,
    rates: RATES,
    intensities: fixedIntensities([constantIntensity(exact('0.4173'))]),
  })
  const events = createDataEvents()
  const alertEpisodes: DataEvent[] = []
  const started = await startForecasts(fleet, { now: clock.now, historyDays: 1 })
  const { forecasts } = started
  const canonical = createCanonical({ telemetry, fleet, costs, forecasts })
  const needs = {
    canonical,
    registry,
    telemetry,
    fleet,
    costs,
    forecasts,
    events,
    alertEpisodes: () => Promise.resolve(alertEpisodes),
    simulated: false,
  }
  const app = await createTestApp(
    [
      grafana(needs),
      prometheus(needs),
      monitoring({ ...needs, assumedPue: null }),
      cost({ costs, now: clock.now }),
    ],
    { clock },
  )
  const post: GrafanaApp['post'] = async (path, body, options) => {
    const reply = await app.send('POST', `/grafana${path}`, { ...options, body })
    return { status: reply.statusCode, body: JSON.parse(reply.body) as unknown }
  }
  return {
    app,
    events,
    alertEpisodes,
    canonical,
    needs,
    post,
    async prom(path, parameters = {}, { form = false, ...options } = {}) {
      const text = new URLSearchParams(parameters).toString()
      const url = `/prometheus/api/v1${path}`
      const type = 'application/x-www-form-urlencoded'
      const reply = form
        ? await app.fastify.inject({
            method: 'POST',
            url,
            headers: { authorization: app.authorization, 'content-type': type },
            payload: text,
          })
        : await app.get(`${url}?${text}`, options)
      return { status: reply.statusCode, body: JSON.parse(reply.body) as unknown }
    },
    query: (targets, more) => {
      const to = clock.now()
      const from = new Date(to.getTime() - 600_000)
      return post('/query', { range: { from, to }, intervalMs: 60_000, targets, ...more })
    },
    rest: async (path) =>
      (JSON.parse((await app.get(`/api/v1${path}`)).body) as { data: any }).data,
    async close() {
      await app.close()
      await started.close()
      await registry.close()
    },
  }
}

/** The same over one small cluster, `site`, that has every kind of thing. */
export async function serveSiteGrafana(start: string): Promise<GrafanaApp> {
  const now = () => new Date(start)
  const world = quietWorld()
  const cache = createCache<Shelf>({
    maxBytes: 64 * 2 ** 20,
    ttlSeconds: { static: 3600, realtime: 30, series: 300, summary: 60 },
    now,
  })
  const registry = createRegistry({
    clusters: [clusterSpec(10).parse({ name: 'site', url: 'http://simulator.invalid' })],
    connect: ({ name }, generation) => {
      const end = simulatedEnd(world, name, start)
      return { ...end, client: withCache(end.client, { cluster: name, generation, cache }) }
    },
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now,
  })
  return serveGrafana(
    { registry, telemetry: createTelemetry({ registry, sources: SOURCES }) },
    start,
  )
}

/** The same over the clusters of the demo, at a time that stands still. */
export async function serveDemoGrafana(start: string): Promise<GrafanaApp> {
  const now = () => new Date(start)
  const { clusters, open } = createDemo(now, 60)
  const registry = createRegistry({
    clusters,
    connect: open,
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now,
  })
  return serveGrafana(
    { registry, telemetry: createTelemetry({ registry, sources: SOURCES }) },
    start,
  )
}
