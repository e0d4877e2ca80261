import type { Known, Rule } from './decision.ts'
import { rulesAt, type PolicyRules, type RulesNow } from './policy.ts'
import type { ScalingForecast, ScalingReading, Situation } from './situation.ts'

/** What a situation tells, or why its reading is none. */
export function knownOf(rules: PolicyRules, situation: Situation): Known | Rule {
  const { reading, at, pending, state } = situation
  const problem = problemOf(rules, reading)
  if (problem !== null) return problem
  const now = rulesAt(rules, at)
  const forecast = trusted(rules, situation.forecast)
  // The reading has no problem: it has both.
  const { power_watts: power, replicas } = reading as Usable
  return {
    now,
    power,
    replicas,
    each: wattsOfOne(rules, reading),
    ahead: Math.max(power, forecast ?? power),
    forecastUsed: forecast !== null,
    pending,
    before: withinBounds(state.desired_replicas, now),
  }
}

type Usable = Readonly<Record<'power_watts' | 'replicas', number>>

const withinBounds = (value: number | null, { min, max }: RulesNow): number | null =>
  value !== null && value >= min && value <= max ? value : null

/** Why a reading is none. */
function problemOf(rules: PolicyRules, reading: ScalingReading): Rule | null {
  if (!reading.complete) return 'partial_reading'
  if (!isWatts(reading.power_watts)) return 'no_reading'
  if (reading.stale) return 'stale_reading'
  if (reading.coverage === null || !(reading.coverage >= rules.least_coverage))
    return 'low_coverage'
  return isCount(reading.replicas) ? null : 'replicas_unknown'
}

const isWatts = (value: number | null): boolean =>
  value !== null && Number.isFinite(value) && value >= 0

const isCount = (value: number | null): boolean =>
  value !== null && Number.isSafeInteger(value) && value >= 0

/** The expected peak; null where there is none that counts. */
function trusted(rules: PolicyRules, forecast: ScalingForecast | null): number | null {
  const { enabled, confidence_threshold: least } = rules.predictive_scaling
  if (!enabled || forecast?.problem !== null) return null
  const { peak_power_watts: peak, confidence } = forecast
  if (!isWatts(peak) || confidence === null) return null
  return confidence >= least ? peak : null
}

function wattsOfOne(
  { watts_per_replica: given }: PolicyRules,
  { workload_power_watts: watts, replicas }: ScalingReading,
): number | null {
  if (given !== null) return given
  const each = (watts ?? 0) / (replicas ?? 0)
  return Number.isFinite(each) && each > 0 ? each : null
}
