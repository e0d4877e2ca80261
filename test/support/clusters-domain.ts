import type { IdentityRules } from '../../src/analysis/identity/resolver.ts'
import { openHttp } from '../../src/connect.ts'
import { clusters } from '../../src/domains/clusters/index.ts'
import { createAdmission, withStore } from '../../src/services/clusters/index.ts'
import type { FleetReader } from '../../src/services/fleet/index.ts'
import { openStore } from '../../src/services/store/index.ts'
import type { createFleet } from './fleet.ts'

/** The domain `clusters` over a fleet, with a state store in memory and no host allowed. The caller ends it. */
export async function clustersDomain(
  fleet: Pick<ReturnType<typeof createFleet>, 'registry' | 'telemetry'>,
  reader: FleetReader,
  now: () => Date,
  identity: IdentityRules = { rewrites: [], bmcs: [] },
) {
  const store = await openStore({ path: ':memory:' })
  const stored = await withStore(fleet.registry, { store: store.clusters, now })
  const admission = createAdmission({
    allowed: [],
    setting: 'CLUSTER_URL_ALLOW',
    open: openHttp(1024),
    timeoutSeconds: 1,
  })
  const { telemetry } = fleet
  const domain = clusters({
    telemetry,
    stored,
    admission,
    fleet: reader,
    identity,
    timeoutSeconds: 10,
  })
  return { domain, close: () => store.close() }
}
