import type { NodePower, PowerParts } from '../../analysis/power/figures.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import { powerOfWorkloads, type WorkloadPower } from '../../analysis/power/workload-power.ts'
import type { FleetReader, Moment } from '../fleet/index.ts'
import { accounted } from '../workloads/index.ts'
import type { CollectedRow, RowCost } from './row.ts'

/** What some joules at a time cost; null where nobody says. */
export type CostOf = (joules: number, at: Date) => RowCost | null

interface Needs {
  readonly fleet: FleetReader
  readonly costOf: CostOf
}

/** An interval before a time. */
export interface Interval {
  readonly end: Date
  readonly seconds: number
  readonly signal: AbortSignal
}

/** Every workload and node with its mean watts over an interval, and which clusters are missing. */
export async function readInterval(
  { fleet, costOf }: Needs,
  { end, seconds, signal }: Interval,
): Promise<{ readonly rows: readonly CollectedRow[]; readonly silent: readonly string[] }> {
  const range = { start: new Date(end.getTime() - seconds * 1000), end, stepSeconds: seconds }
  const question = { clusters: undefined, at: end, signal, workloads: true, range }
  const { results, clusters } = await fleet.during(question, (moment) => moment)
  const moment = results.at(-1)
  const row = rowMaker(end, seconds, costOf)
  return {
    rows: moment === undefined ? [] : rowsOf(moment, row),
    silent: clusters
      .filter(({ status }) => status !== 'ok' && status !== 'partial')
      .map(({ name }) => name),
  }
}

type RowMaker = (
  own: Pick<
    CollectedRow,
    'kind' | 'cluster' | 'namespace' | 'name' | 'node' | 'workload_type' | 'method'
  >,
  watts: number,
  parts: PowerParts,
) => CollectedRow

function rowMaker(end: Date, seconds: number, costOf: CostOf): RowMaker {
  const time = end.toISOString()
  return (own, watts, parts) => ({
    ...own,
    time,
    interval_seconds: seconds,
    power_watts: watts,
    cpu_power_watts: parts.cpu_watts,
    dram_power_watts: parts.dram_watts,
    gpu_power_watts: parts.gpu_watts,
    npu_power_watts: parts.npu_watts,
    other_power_watts: parts.other_watts,
    energy_joules: watts * seconds,
    cost: costOf(watts * seconds, end),
  })
}

function rowsOf(moment: Moment, row: RowMaker): readonly CollectedRow[] {
  const { account, portions } = accounted(moment, true)
  const workloads = powerOfWorkloads(portions, wholeWorkload)
  return [
    ...workloads.map((power) => workloadRow(power, moment, row)),
    ...account.by_node.flatMap((node) => nodeRow(node, row)),
  ]
}

function workloadRow(power: WorkloadPower, moment: Moment, row: RowMaker): CollectedRow {
  const { cluster, workload, nodes, parts, power_watts: watts } = power
  const isPod = workload.kind === 'pod'
  const own = {
    kind: 'workload' as const,
    cluster,
    namespace: isPod ? workload.namespace : null,
    name: isPod ? workload.pod : workload.vm,
    node: nodes[0] ?? null,
    workload_type: moment.typeOf(workload, cluster),
    method: 'attributed',
  }
  return row(own, watts, parts)
}

function nodeRow(node: NodePower, row: RowMaker): readonly CollectedRow[] {
  const { cluster, node: name, power_watts: watts, method, parts } = node
  if (watts === null || method === null) return []
  const own = {
    kind: 'node' as const,
    cluster,
    namespace: null,
    name,
    node: name,
    workload_type: null,
    method,
  }
  return [row(own, watts, parts)]
}
