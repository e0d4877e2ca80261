import { groupBy, keyOf } from '../../analysis/power/group.ts'
import { sumKnown, sumOf } from '../../analysis/power/sum.ts'
import { readPods } from '../../services/workloads/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { countsOf, sumOfAmounts } from './counts.ts'
import { podRow } from './pod-rows.ts'
import { PHASES, type PodRow, type PodSummary } from './pod-schemas.ts'
import { podsFound, whereOf, type PodFilter } from './pods.ts'

const MOST_LISTED = 5

/** The pods of the asked clusters in a few figures. */
export async function summarisePods(
  needs: Needs,
  asked: Asked,
  filter: Pick<PodFilter, 'namespace' | 'node'>,
) {
  const inventory = await readPods(needs, { ...asked, where: whereOf(filter) })
  const rows = podsFound(inventory, filter).map(podRow)
  return outcome(asked, inventory.account, summaryOf(rows))
}

function summaryOf(rows: readonly PodRow[]): PodSummary {
  const namespaces = [...groupBy(rows, ({ cluster, namespace }) => keyOf(cluster, namespace))]
  const clusters = [...groupBy(rows, ({ cluster }) => cluster)]
  const living = rows.filter(({ phase }) => phase !== 'succeeded' && phase !== 'failed')
  return {
    ...tallyOf(rows),
    namespaces: namespaces.length,
    containers: sumOf(rows.map(({ containers }) => containers.length)),
    restarts: sumKnown(rows.map(({ restarts }) => restarts)),
    by_phase: countsOf(
      PHASES,
      rows.map(({ phase }) => phase),
    ),
    by_workload_type: countsOf(
      [],
      rows.map((row) => row.workload_type),
    ),
    by_owner_kind: countsOf(
      [],
      rows.map((row) => row.owner_kind ?? 'none'),
    ),
    requests: sumOfAmounts(living.map(({ requests }) => requests)),
    limits: sumOfAmounts(living.map(({ limits }) => limits)),
    by_namespace: namespaces.map(([, own]) => ({
      cluster: own[0].cluster,
      namespace: own[0].namespace,
      ...tallyOf(own),
    })),
    by_cluster: clusters.map(([cluster, own]) => ({ cluster, ...tallyOf(own) })),
    top_pods_by_power: topOf(rows),
  }
}

const tallyOf = (rows: readonly PodRow[]) => ({
  pods: rows.length,
  running: rows.filter(({ phase }) => phase === 'running').length,
  power_watts: sumKnown(rows.map((row) => row.power_watts)),
})

function topOf(rows: readonly PodRow[]): PodSummary['top_pods_by_power'] {
  return rows
    .flatMap(({ cluster, namespace, pod, power_watts: watts }) =>
      watts === null ? [] : [{ cluster, namespace, pod, power_watts: watts }],
    )
    .sort((a, b) => b.power_watts - a.power_watts)
    .slice(0, MOST_LISTED)
}
