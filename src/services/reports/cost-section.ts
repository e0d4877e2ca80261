import { numberOf } from '../../analysis/cost/decimal.ts'
import { TERMS } from '../../analysis/cost/models.ts'
import { chargedTogether, printCosts, type PrintedCost } from '../../analysis/cost/printed.ts'
import { compareText } from '../../analysis/power/group.ts'
import { compared, percentOf } from '../../analysis/report/figures.ts'
import type { ClusterCostRow, CostSection } from '../../analysis/report/report.ts'
import type { ClusterCosting, CostWindow } from '../costs/index.ts'

/** What a period cost beside the one before; null where nothing was measured. */
export function costSection(current: CostWindow, previous: CostWindow): CostSection | null {
  const clusters = [...current.costings].sort((a, b) => compareText(a.cluster, b.cluster))
  const { rows, total: now } = printCosts(clusters.map((costing) => chargedTo(current, costing)))
  if (!hasAny(current)) return null
  const before = hasAny(previous) ? printCosts(previous.entries).total : UNKNOWN
  return {
    model: current.model,
    currency: current.currency,
    cost: compared(now.cost, before.cost),
    cost_per_kwh: now.energy_kwh === 0 ? null : now.cost / now.energy_kwh,
    carbon_kg: compared(now.carbon_kg, before.carbon_kg),
    facility_energy_kwh: compared(now.facility_energy_kwh, before.facility_energy_kwh),
    terms: TERMS.map((term) => ({
      term,
      ...compared(now.cost_terms[term], before.cost_terms?.[term] ?? null),
    })),
    clusters: clusters.flatMap((costing, index) => {
      const row = rows[index]
      return row === undefined ? [] : [clusterRow(costing, row, now.cost)]
    }),
  }
}

const UNKNOWN = { cost: null, carbon_kg: null, facility_energy_kwh: null, cost_terms: null }

const hasAny = ({ costings }: CostWindow): boolean =>
  costings.some(({ coveredSeconds }) => coveredSeconds > 0)

const chargedTo = ({ entries }: CostWindow, { cluster }: ClusterCosting) =>
  chargedTogether(entries.filter((entry) => entry.cluster === cluster))

function clusterRow(costing: ClusterCosting, printed: PrintedCost, whole: number): ClusterCostRow {
  const { cluster, tariff, pue, source, intensity } = costing
  return {
    cluster,
    energy_kwh: printed.energy_kwh,
    facility_energy_kwh: printed.facility_energy_kwh,
    cost: printed.cost,
    share_percent: percentOf(printed.cost, whole),
    carbon_kg: printed.carbon_kg,
    tariff: tariff?.name ?? null,
    pue: pue === null ? null : numberOf(pue),
    pue_source: source,
    carbon_intensity_source: intensity?.name ?? null,
  }
}
