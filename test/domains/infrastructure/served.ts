import type { IdentityRules } from '../../../src/analysis/identity/resolver.ts'
import { infrastructure } from '../../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { createTestApp, fakeClock, type GetOptions } from '../../support/test-app.ts'

/** What these tests read of an answer or a problem. */
export interface Body {
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

const NO_RULES: IdentityRules = { rewrites: [], bmcs: [] }

/** A server with the domains infrastructure and monitoring over clusters made of text. */
export async function serveInfrastructure(
  members: Readonly<Record<string, FleetMember>>,
  identity: IdentityRules = NO_RULES,
) {
  const clock = fakeClock()
  const { telemetry, ...fleet } = createFleet(members, clock.now)
  const reader = createFleetReader({ telemetry, identity })
  const needs = { telemetry, fleet: reader, identity, assumedPue: null }
  const app = await createTestApp([infrastructure(needs), monitoring(needs)], { clock })
  const get = async (path: string, options?: GetOptions) => {
    const response = await app.get(`/api/v1${path}`, options)
    return { status: response.statusCode, ...(JSON.parse(response.body) as Body) }
  }
  return {
    fleet,
    clock,
    close: () => app.close(),
    anywhere: get,
    get: (path: string, options?: GetOptions) => get(`/infrastructure${path}`, options),
  }
}

export type Served = Awaited<ReturnType<typeof serveInfrastructure>>

export const LATE = { fails: new KCloudError('backend_timeout', { detail: 'took too long' }) }
export const DOWN = { fails: new KCloudError('backend_unreachable', { detail: 'refused' }) }
