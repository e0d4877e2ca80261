import { groupBy, keyOf } from '../../analysis/power/group.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { countsOf } from './counts.ts'
import { VM_STATUSES, type VmRow, type VmSummary } from './vm-schemas.ts'
import { vmsFound, type VmFilter } from './vms.ts'

const MOST_LISTED = 5

/** The virtual machines of the asked clusters in a few figures. */
export async function summariseVms(
  needs: Needs,
  asked: Asked,
  filter: Pick<VmFilter, 'node' | 'project'>,
) {
  const { rows, account } = await vmsFound(needs, asked, filter)
  return outcome(asked, account, summaryOf(rows))
}

function summaryOf(rows: readonly VmRow[]): VmSummary {
  const projects = groupBy(rows, (row) => keyOf(row.cluster, row.project_name))
  const nodes = groupBy(rows, ({ cluster, node }) => keyOf(cluster, node))
  return {
    ...tallyOf(rows),
    by_status: countsOf(
      VM_STATUSES,
      rows.map(({ status }) => status),
    ),
    by_flavor: countsOf(
      [],
      rows.map(({ flavor }) => flavor ?? 'unknown'),
    ),
    by_project: [...projects.values()].map((own) => ({
      cluster: own[0].cluster,
      project_name: own[0].project_name,
      ...tallyOf(own),
    })),
    by_node: [...nodes.values()].map((own) => ({
      cluster: own[0].cluster,
      node: own[0].node,
      ...tallyOf(own),
    })),
    by_cluster: [...groupBy(rows, ({ cluster }) => cluster)].map(([cluster, own]) => ({
      cluster,
      ...tallyOf(own),
    })),
    top_vms_by_power: topOf(rows),
  }
}

const tallyOf = (rows: readonly VmRow[]) => ({
  vms: rows.length,
  running: rows.filter(({ status }) => status === 'running').length,
  vcpus: sumKnown(rows.map(({ vcpus }) => vcpus)),
  memory_total_mb: sumKnown(rows.map((row) => row.memory_total_mb)),
  power_watts: sumKnown(rows.map((row) => row.power_watts)),
})

function topOf(rows: readonly VmRow[]): VmSummary['top_vms_by_power'] {
  return rows
    .flatMap(({ cluster, id, vm_id: uuid, domain, name, node, power_watts: watts }) =>
      watts === null ? [] : [{ cluster, id, vm_id: uuid, domain, name, node, power_watts: watts }],
    )
    .sort((a, b) => b.power_watts - a.power_watts)
    .slice(0, MOST_LISTED)
}
