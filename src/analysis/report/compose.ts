import { acceleratorSection } from './accelerators.ts'
import { meanOf, type TemperatureTally } from './condition-tally.ts'
import type { PeriodEvidence, ReportEvidence } from './evidence.ts'
import { dateOf } from './figures.ts'
import { qualitySection } from './quality.ts'
import { clusterRows, nodeSection, userRows, wholeOf } from './rankings.ts'
import type { EfficiencySection, ReportFigures, TemperatureRow, UserRow } from './report.ts'
import { siteEnergy, type SiteTally } from './site-tally.ts'
import { demandOf, partRows, periodRow, summaryOf } from './totals.ts'
import { trendOf } from './trend.ts'

/** The report of what was read. */
export function composeReport(evidence: ReportEvidence): ReportFigures {
  const { template, periods, current, previous, cost } = evidence
  const whole = wholeOf(current)
  const { uses } = current
  const types = userRows(uses.types, uses.seconds)
  return {
    template,
    timezone: periods.period.zone,
    period: periodRow(periods.period),
    previous_period: periodRow(periods.previous),
    summary: summaryOf(current, previous),
    demand: demandOf(current, previous),
    trend: trendOf(current, previous),
    parts: partRows(current),
    clusters: clusterRows(current, whole),
    nodes: nodeSection(current, whole),
    namespaces: userRows(uses.namespaces, uses.seconds),
    workload_types: types.rows,
    accelerators: acceleratorSection(current),
    temperatures: current.temperatures.flatMap((tally) => temperatureRow(tally)),
    efficiency: efficiencySection(evidence, types.rows),
    cost,
    quality: qualitySection(evidence),
  }
}

function temperatureRow({ metric, mean, things, highest }: TemperatureTally) {
  const celsius = meanOf(mean)
  if (highest === null || celsius === null) return []
  const row: TemperatureRow = {
    metric,
    things: things.size,
    mean_celsius: celsius,
    highest_celsius: highest.celsius,
    highest_cluster: highest.cluster,
    highest_node: highest.node,
    highest_device: highest.device,
    highest_at: dateOf(highest.until),
  }
  return [row]
}

function efficiencySection(
  { current, previous, assumedPue }: ReportEvidence,
  types: readonly UserRow[],
): EfficiencySection {
  const site = siteOf(current)
  const measured = pueOf(site)
  const pue = measured ?? assumedPue
  const share = (kind: UserRow['kind']): number | null =>
    types.find((row) => row.kind === kind)?.share_percent ?? null
  const [idle, unattributed] = [share('idle'), share('unattributed')]
  return {
    pue,
    pue_source: pue === null ? null : measured === null ? 'assumed' : 'measured',
    previous_pue: measured === null ? null : pueOf(siteOf(previous)),
    facility_energy_joules: site.facilityJoules,
    it_energy_joules: site.itJoules,
    covered_seconds: site.coveredSeconds,
    facility_sources: [...current.facilitySources].sort(),
    gpu_utilization_percent: meanOf(current.loads.gpu.all),
    npu_utilization_percent: meanOf(current.loads.npu.all),
    workload_percent: idle === null || unattributed === null ? null : 100 - idle - unattributed,
    idle_percent: idle,
    unattributed_percent: unattributed,
  }
}

const siteOf = ({ power, facility }: PeriodEvidence): SiteTally => siteEnergy(power.steps, facility)

const pueOf = ({ facilityJoules, itJoules }: SiteTally): number | null =>
  facilityJoules === null || itJoules === null || itJoules === 0 ? null : facilityJoules / itJoules
