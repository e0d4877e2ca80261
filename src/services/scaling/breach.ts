import type { Decision } from '../../analysis/scaling/decision.ts'
import type { RulesNow } from '../../analysis/scaling/policy.ts'
import type { ScalingReading } from '../../analysis/scaling/situation.ts'
import type { Breach } from './policy.ts'

interface Seen {
  readonly at: Date
  readonly reading: ScalingReading
  readonly rules: Pick<RulesNow, 'budget'>
  readonly decision: Pick<Decision, 'desired_replicas'>
}

/** Whether the budget is broken, and since when. A reading that is none neither begins nor ends a breach. */
export function breachAfter(
  before: Breach | null,
  { at, reading: { power_watts: power }, rules: { budget }, decision }: Seen,
): Breach | null {
  if (power === null || decision.desired_replicas === null) return before
  const goesOn = before !== null && before.ends_at === null
  if (power > budget)
    return {
      starts_at: goesOn ? before.starts_at : at,
      ends_at: null,
      power_watts: power,
      budget_watts: budget,
    }
  return goesOn ? { ...before, ends_at: at, power_watts: power, budget_watts: budget } : before
}
