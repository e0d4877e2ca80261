import { accelerators } from '../../../src/domains/accelerators/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import type { Telemetry } from '../../../src/services/telemetry/index.ts'
import { createFleet, type Fleet, type FleetMember } from '../../support/fleet.ts'
import { createTestApp, fakeClock, type FakeClock, type TestApp } from '../../support/test-app.ts'

/** An answer as the JSON that it is. */
export interface Reply {
  readonly status: number
  readonly data: any
  readonly meta: {
    readonly status: string
    readonly clusters: readonly { name: string; status: string }[]
    readonly warnings: readonly { code: string; cluster?: string; detail: string }[]
    readonly page?: { total: number; limit: number; offset: number }
  }
  readonly detail: string
  readonly candidates: readonly string[]
  readonly errors: readonly { pointer: string; detail: string }[]
}

export interface Served {
  readonly app: TestApp
  readonly fleet: Fleet
  readonly clock: FakeClock
  /** A read below `/accelerators`. */
  readonly get: (path: string) => Promise<Reply>
}

/** What the domain needs, without rules for names. */
export const overTelemetry = (telemetry: Telemetry) => ({
  telemetry,
  fleet: createFleetReader({ telemetry, identity: { rewrites: [], bmcs: [] } }),
})

/** The accelerators of some clusters, served. */
export async function serveAccelerators(members: Record<string, FleetMember>): Promise<Served> {
  const clock = fakeClock()
  const fleet = createFleet(members, clock.now)
  const app = await createTestApp([accelerators(overTelemetry(fleet.telemetry))], { clock })
  return {
    app,
    fleet,
    clock,
    async get(path) {
      const { statusCode, body } = await app.get(`/api/v1/accelerators${path}`)
      return { status: statusCode, ...(JSON.parse(body) as Omit<Reply, 'status'>) }
    },
  }
}
