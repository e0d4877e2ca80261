import type { RulesNow } from './policy.ts'
import type { Pending } from './situation.ts'

/** Why a decision was taken. */
export const RULES = {
  no_reading: 'nobody reports the power',
  partial_reading: 'a cluster did not answer in full',
  stale_reading: 'samples are older than their source may be',
  low_coverage: 'too little of what there is was measured',
  replicas_unknown: 'nobody reports how many replicas run',
  outside_schedule: 'the schedule says that nothing is to be done now',
  over_budget: 'the power is above the budget',
  near_budget: 'the power is above the upper threshold',
  forecast_over_budget: 'the power is expected to be above the upper threshold',
  at_minimum: 'the power is above the upper threshold, and there are no replicas to shed',
  above_maximum: 'more replicas run than may',
  below_minimum: 'fewer replicas run than should',
  under_budget: 'the power is at or below the lower threshold',
  at_maximum: 'there is room for more replicas, and as many run as may',
  no_room: 'one more replica would bring the power above the upper threshold',
  replica_power_unknown: 'what one more replica would draw is not known',
  within_band: 'the power is between the thresholds',
  cooldown: 'the last change is too recent',
} as const

export type Rule = keyof typeof RULES

/** What a policy wants, and why. */
export interface Decision {
  readonly action: 'scale_out' | 'scale_in' | 'hold'
  readonly rule: Rule
  /** In words, with the figures. */
  readonly reason: string
  readonly current_replicas: number | null
  /** Null: there is no number to act on. */
  readonly desired_replicas: number | null
  /** How many the budget has room for at the power that each draws now; null where that is not known. */
  readonly permitted_replicas: number | null
  readonly watts_per_replica: number | null
  /** By how much the power is to change; null where that is not known. */
  readonly expected_change_watts: number | null
  readonly forecast_used: boolean
}

/** A situation whose reading can be used. */
export interface Known {
  readonly now: RulesNow
  readonly power: number
  readonly replicas: number
  readonly each: number | null
  /** The higher of what is drawn and what is expected by a forecast that counts. */
  readonly ahead: number
  readonly forecastUsed: boolean
  readonly pending: Pending
  /** What was decided last; null where that is nothing that may be. */
  readonly before: number | null
}
