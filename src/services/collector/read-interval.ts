import { numberOf } from '../../analysis/cost/decimal.ts'
import type { NodePower, PowerParts } from '../../analysis/power/figures.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import { powerOfWorkloads, type WorkloadPower } from '../../analysis/power/workload-power.ts'
import type { PriceReader, PricedUse, Prices } from '../costs/index.ts'
import type { FleetReader, Moment } from '../fleet/index.ts'
import { accounted } from '../workloads/index.ts'
import type { CollectedRow, RowCost } from './row.ts'

export interface ReadingNeeds {
  readonly fleet: FleetReader
  readonly costs: PriceReader
}

/** An interval of a cluster, in unix seconds. */
export interface Interval {
  readonly cluster: string
  readonly end: number
  readonly seconds: number
  readonly signal: AbortSignal
}

/**
 * Every workload and node of a cluster with its mean watts over an interval and what they cost, and whether the cluster
 * said that something is missing. Rejects when it did not answer.
 */
export async function readInterval(
  { fleet, costs }: ReadingNeeds,
  { cluster, end, seconds, signal }: Interval,
): Promise<{ readonly rows: readonly CollectedRow[]; readonly isWhole: boolean }> {
  const at = new Date(end * 1000)
  const range = { start: at, end: at, stepSeconds: seconds }
  const question = { clusters: [cluster], at, signal, workloads: true, range }
  const { results, clusters } = await fleet.during(question, (moment) => moment)
  const isWhole = clusters.every(({ status }) => status === 'ok')
  const moment = results.at(-1)
  if (moment === undefined) return { rows: [], isWhole }
  const figures = accounted(moment, true)
  const prices = await costs.prices({
    clusters: [cluster],
    from: end - seconds,
    until: end,
    watts: new Map(
      figures.account.by_cluster.map((own) => [own.cluster, own.total_power_watts] as const),
    ),
    signal,
  })
  return { rows: rowsOf(moment, figures, rowMaker({ cluster, end, seconds }, prices)), isWhole }
}

type Named = Pick<CollectedRow, 'kind' | 'namespace' | 'name' | 'node' | 'workload_type' | 'method'>
type RowMaker = (own: Named, watts: number, parts: PowerParts) => CollectedRow

function rowMaker({ cluster, end, seconds }: Omit<Interval, 'signal'>, prices: Prices): RowMaker {
  const time = new Date(end * 1000).toISOString()
  return ({ kind, ...own }, watts, parts) => ({
    kind,
    time,
    interval_seconds: seconds,
    cluster,
    ...own,
    power_watts: watts,
    cpu_power_watts: parts.cpu_watts,
    dram_power_watts: parts.dram_watts,
    gpu_power_watts: parts.gpu_watts,
    npu_power_watts: parts.npu_watts,
    other_power_watts: parts.other_watts,
    energy_joules: watts * seconds,
    cost: costOf(
      prices,
      prices.of({ cluster, joules: watts * seconds, from: end - seconds, until: end }),
    ),
  })
}

/** Null where some of the energy has no price: a part would pass for the whole. */
function costOf({ model, currency }: Prices, priced: PricedUse): RowCost | null {
  if (priced.pricedShare < 1) return null
  const { electricity, cooling, carbon } = priced.terms
  return {
    model,
    currency,
    electricity: numberOf(electricity),
    cooling: numberOf(cooling),
    carbon: numberOf(carbon),
    total: numberOf(priced.total),
    carbon_kg: priced.carbonKg === null ? null : numberOf(priced.carbonKg),
  }
}

function rowsOf(
  moment: Moment,
  { account, portions }: ReturnType<typeof accounted>,
  row: RowMaker,
): readonly CollectedRow[] {
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
    namespace: isPod ? workload.namespace : null,
    name: isPod ? workload.pod : workload.vm,
    node: nodes[0] ?? null,
    workload_type: moment.typeOf(workload, cluster),
    method: 'attributed',
  }
  return row(own, watts, parts)
}

function nodeRow(node: NodePower, row: RowMaker): readonly CollectedRow[] {
  const { node: name, power_watts: watts, method, parts } = node
  if (watts === null || method === null) return []
  const own = {
    kind: 'node' as const,
    namespace: null,
    name,
    node: name,
    workload_type: null,
    method,
  }
  return [row(own, watts, parts)]
}
