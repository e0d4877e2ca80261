import type { SourceSpec } from '../../src/catalogue/source.ts'
import type { ConnectionEnd } from '../../src/connect.ts'
import { accelerators } from '../../src/domains/accelerators/index.ts'
import { cost } from '../../src/domains/cost/index.ts'
import { hardware } from '../../src/domains/hardware/index.ts'
import { infrastructure } from '../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../src/domains/monitoring/index.ts'
import { power } from '../../src/domains/power/index.ts'
import { createRegistry } from '../../src/services/clusters/index.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import type { ClusterSpec } from '../../src/services/prometheus/index.ts'
import { createSimulatedClient } from '../../src/simulator/client.ts'
import type { World } from '../../src/simulator/datacentre.ts'
import { createTelemetry } from '../../src/services/telemetry/index.ts'
import { clustersDomain } from './clusters-domain.ts'
import { costsOver, exact } from './cost.ts'
import { createTestApp, fakeClock, type GetOptions } from './test-app.ts'

/** An answer, read. */
export interface Told {
  readonly status: number
  readonly body: any
}

/** The domains that read clusters, with a clock that stands still. */
export interface EveryDomain {
  /** A request below `/api/v1` with the right credentials. */
  readonly get: (path: string, options?: GetOptions) => Promise<Told>
  close(): Promise<void>
}

export interface EveryDomainOptions {
  /** The time, as RFC 3339 writes it. */
  readonly now: string
  readonly sources: readonly SourceSpec[]
  readonly clusters: readonly ClusterSpec[]
  readonly open: (spec: ClusterSpec) => ConnectionEnd
}

/** The Prometheus of a simulated cluster, as a connection. */
export const simulatedEnd = (world: World, cluster: string, now: string): ConnectionEnd => ({
  client: createSimulatedClient(world, cluster, { now: () => new Date(now) }),
  probe: () => Promise.resolve({ version: 'simulator' }),
  close: () => Promise.resolve(),
})

/** Money in amounts that are not lost beside the digits of watts. */
const IN_WON = {
  currency: 'KRW',
  kcloud: {
    model: 'kcloud',
    electricity: exact('150'),
    coolingFactor: exact('1.3'),
    carbon: exact('70'),
  },
} as const

// Of what the collector stored, and of types of workloads, nothing is asked here.
const NO_ROLLUPS = { list: () => Promise.resolve([]) }

/** Serves them; whoever asks for it closes it. */
export async function everyDomain(options: EveryDomainOptions): Promise<EveryDomain> {
  const clock = fakeClock(options.now)
  const registry = createRegistry({
    clusters: options.clusters,
    connect: options.open,
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now: clock.now,
  })
  const telemetry = createTelemetry({ registry, sources: options.sources })
  const identity = { rewrites: [], bmcs: [] }
  const fleet = createFleetReader({ telemetry, identity })
  const needs = {
    telemetry,
    fleet,
    identity,
    assumedPue: null,
    noteUnmatched: fleet.unmatched.note,
  }
  const costs = costsOver({ telemetry, fleet }, { rates: IN_WON })
  const clusters = await clustersDomain({ registry, telemetry }, fleet, clock.now)
  const app = await createTestApp(
    [
      accelerators(needs),
      infrastructure(needs),
      hardware(needs),
      monitoring(needs),
      clusters.domain,
      cost({ costs, now: clock.now }),
      power({ ...needs, now: clock.now, collector: null, rollups: NO_ROLLUPS }),
    ],
    { clock },
  )
  return {
    async get(path, more) {
      const reply = await app.get(`/api/v1${path}`, more)
      return { status: reply.statusCode, body: JSON.parse(reply.body) as unknown }
    },
    async close() {
      await app.close()
      await clusters.close()
      await registry.close()
    },
  }
}
