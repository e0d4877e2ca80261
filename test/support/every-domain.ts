import type { SourceSpec } from '../../src/catalogue/source.ts'
import type { ConnectionEnd } from '../../src/connect.ts'
import { accelerators } from '../../src/domains/accelerators/index.ts'
import { hardware } from '../../src/domains/hardware/index.ts'
import { infrastructure } from '../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../src/domains/monitoring/index.ts'
import { createRegistry } from '../../src/services/clusters/index.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import { clusterSpec, type ClusterSpec } from '../../src/services/prometheus/index.ts'
import { createTelemetry } from '../../src/services/telemetry/index.ts'
import { clustersDomain } from './clusters-domain.ts'
import { createTestApp, fakeClock } from './test-app.ts'

/** The domains that read clusters, over one cluster, with a clock that stands still. */
export interface EveryDomain {
  /** A request below `/api/v1` with the right credentials. */
  readonly get: (path: string) => Promise<{ readonly status: number; readonly body: any }>
  close(): Promise<void>
}

export interface EveryDomainOptions {
  /** The time, as RFC 3339 writes it. */
  readonly now: string
  readonly sources: readonly SourceSpec[]
  readonly cluster: object
  readonly open: (spec: ClusterSpec) => ConnectionEnd
}

/** Serves them; whoever asks for it closes it. */
export async function everyDomain(options: EveryDomainOptions): Promise<EveryDomain> {
  const clock = fakeClock(options.now)
  const registry = createRegistry({
    clusters: [clusterSpec(60).parse(options.cluster)],
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
  const clusters = await clustersDomain({ registry, telemetry }, fleet, clock.now)
  const app = await createTestApp(
    [
      accelerators(needs),
      infrastructure(needs),
      hardware(needs),
      monitoring(needs),
      clusters.domain,
    ],
    { clock },
  )
  return {
    async get(path) {
      const reply = await app.get(`/api/v1${path}`)
      return { status: reply.statusCode, body: JSON.parse(reply.body) as unknown }
    },
    async close() {
      await app.close()
      await clusters.close()
      await registry.close()
    },
  }
}
