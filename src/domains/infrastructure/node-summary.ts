import { groupBy } from '../../analysis/power/group.ts'
import { sumKnown, sumOf } from '../../analysis/power/sum.ts'
import { clusterTotal, fleetTotal } from '../../analysis/power/totals.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { countsOf, sumOfAmounts } from './counts.ts'
import { readNodes, type NodeInventory } from './node-inventory.ts'
import { nodeRow } from './node-rows.ts'
import { NODE_STATUSES, type NodeRow, type NodeSummary } from './node-schemas.ts'

const MOST_LISTED = 5

/** The nodes of the asked clusters in a few figures. */
export async function summariseNodes(needs: Needs, asked: Asked) {
  const inventory = await readNodes(needs, asked)
  return outcome(asked, inventory.account, summaryOf(inventory))
}

function summaryOf({ nodes, power }: NodeInventory): NodeSummary {
  const rows = nodes.map(nodeRow)
  const clusters = groupBy(rows, ({ cluster }) => cluster)
  const { account } = power
  const known = rows.flatMap((row) => row.power_watts ?? [])
  return {
    ...fleetOf(rows, fleetTotal(account)),
    by_status: countsOf(
      NODE_STATUSES,
      rows.map(({ status }) => status),
    ),
    by_role: rolesOf(rows),
    power_watts_avg: known.length === 0 ? null : sumOf(known) / known.length,
    capacity: sumOfAmounts(rows.map(({ capacity }) => capacity)),
    allocatable: sumOfAmounts(rows.map(({ allocatable }) => allocatable)),
    power_by_source: bySource(rows),
    top_nodes_by_power: topOf(rows),
    by_cluster: [...clusters].map(([cluster, own]) => ({
      cluster,
      ...fleetOf(own, clusterTotal(account, cluster)),
    })),
  }
}

function fleetOf(
  rows: readonly NodeRow[],
  total: Pick<ReturnType<typeof fleetTotal>, 'total_power_watts' | 'coverage'>,
) {
  return {
    nodes: rows.length,
    gpus: sumOf(rows.map(({ gpus }) => gpus)),
    npus: sumOf(rows.map(({ npus }) => npus)),
    pods: sumKnown(rows.map(({ pods }) => pods)),
    power_watts: total.total_power_watts,
    power_coverage: total.coverage,
  }
}

function rolesOf(rows: readonly NodeRow[]): Record<string, number> {
  const roles = rows.flatMap((row) => row.roles)
  return countsOf([...new Set(roles)].sort(), roles)
}

function bySource(rows: readonly NodeRow[]): NodeSummary['power_by_source'] {
  const read = rows.flatMap(({ power_source: source, power_watts: watts }) =>
    source === null || watts === null ? [] : [{ source, watts }],
  )
  return [...groupBy(read, ({ source }) => source)].map(([source, own]) => ({
    power_source: source,
    nodes: own.length,
    power_watts: sumOf(own.map(({ watts }) => watts)),
  }))
}

function topOf(rows: readonly NodeRow[]): NodeSummary['top_nodes_by_power'] {
  return rows
    .flatMap(({ cluster, node, power_watts: watts }) =>
      watts === null ? [] : [{ cluster, node, power_watts: watts }],
    )
    .sort((a, b) => b.power_watts - a.power_watts)
    .slice(0, MOST_LISTED)
}
