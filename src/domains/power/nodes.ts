import { fleetTotal } from '../../analysis/power/totals.ts'
import { powerNow, type Asked, type Needs } from '../../services/workloads/index.ts'
import { head, partRow } from './rows.ts'

/** The power of every node of the asked clusters, as the routes of monitoring and infrastructure account it. */
export async function powerOfNodes(needs: Needs, asked: Asked) {
  const { account, told } = await powerNow(needs, asked, false)
  const { total_power_watts: total, coverage, method } = fleetTotal(account)
  const data = {
    ...head(asked.at),
    total_power_watts: total,
    method,
    coverage,
    nodes: account.by_node.map((node) => ({
      cluster: node.cluster,
      node: node.node,
      power_watts: node.power_watts,
      ...partRow(node.parts),
      method: node.method,
      source: node.source,
      sources: [...node.sources],
    })),
  }
  return { data, observedAt: asked.at, ...told }
}
