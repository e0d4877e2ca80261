import { monitoring } from '../../src/domains/monitoring/index.ts'
import type { SourceSpec } from '../../src/catalogue/source.ts'
import { facilityMeter } from '../../src/catalogue/facility.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import type { IdentityRules } from '../../src/analysis/identity/resolver.ts'
import { clustersDomain } from './clusters-domain.ts'
import { createFleet, type Fleet, type FleetMember } from './fleet.ts'
import { createTestApp, fakeClock, type GetOptions, type TestApp } from './test-app.ts'

/** An answer, read as the JSON it is. */
export interface Read {
  readonly status: number
  readonly data: any
  readonly meta: any
  readonly errors: any
  readonly kind: string
}

/** The routes of power over a fleet of clusters made of text. */
export interface MonitoringApp {
  readonly app: TestApp
  readonly fleet: Fleet
  readonly get: (path: string, options?: GetOptions) => Promise<Read>
}

export interface MonitoringOptions {
  readonly identity?: IdentityRules
  readonly assumedPue?: number | null
  readonly sources?: readonly SourceSpec[]
}

export const NO_RULES: IdentityRules = { rewrites: [], bmcs: [] }

/** Serves `/api/v1/monitoring` and `/api/v1/clusters`; whoever asks for it closes the app. */
export async function serveMonitoring(
  members: Readonly<Record<string, FleetMember>>,
  { identity = NO_RULES, assumedPue = null, sources = SOURCES }: MonitoringOptions = {},
): Promise<MonitoringApp> {
  const clock = fakeClock()
  const fleet = createFleet(members, clock.now, [...sources, facilityMeter('site_power_watts')])
  const { telemetry } = fleet
  const reader = createFleetReader({ telemetry, identity })
  const { domain, close } = await clustersDomain(fleet, reader, clock.now, identity)
  const app = await createTestApp([monitoring({ telemetry, fleet: reader, assumedPue }), domain], {
    clock,
  })
  return {
    app: {
      ...app,
      close: async () => {
        await Promise.all([app.close(), close()])
      },
    },
    fleet,
    async get(path, options) {
      const reply = await app.get(`/api/v1${path}`, options)
      return { status: reply.statusCode, ...(JSON.parse(reply.body) as Omit<Read, 'status'>) }
    },
  }
}
