import { accountPower } from '../../analysis/power/account.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { clusterTotal } from '../../analysis/power/totals.ts'
import type { FleetReader } from '../../services/fleet/index.ts'

interface Moment {
  readonly at: Date
  readonly signal: AbortSignal
}

/** The power of one cluster and of its nodes. Rejects with `not_found`, and as telemetry does when it is down. */
export async function clusterPower(
  { fleet }: { readonly fleet: FleetReader },
  { at, signal }: Moment,
  name: string,
) {
  const read = await fleet.now({ clusters: [name], at, signal, workloads: false })
  const account = accountPower(read.input)
  return {
    data: {
      cluster: name,
      ...clusterTotal(account, name),
      by_node: account.by_node.map(({ node, power_watts: watts, method, parts, sources }) => ({
        node,
        power_watts: watts,
        method,
        parts,
        sources,
      })),
    },
    observedAt: at,
    clusters: read.clusters,
    warnings: [...read.warnings, ...warningsOf(account.findings)],
  }
}
