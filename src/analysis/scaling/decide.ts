import { RULES, type Decision, type Known, type Rule } from './decision.ts'
import { knownOf } from './known.ts'
import type { PolicyRules } from './policy.ts'
import { reasonFor } from './reasons.ts'
import type { ScalingReading, Situation } from './situation.ts'

// A policy looks at one reading and says how many replicas there should be. What holds for every input
// (test/analysis/scaling/decide.property.test.ts):
// - Above the upper threshold, now or by a trusted forecast, replicas are never added.
// - A reading that is missing, stale, partial or covers too little gives no number at all.
// - A change keeps within min and max, and there is at most one in a cooldown.
// - With a larger budget and all else equal there are never fewer replicas.

/** Decides how many replicas there should be. */
export function decide(rules: PolicyRules, situation: Situation): Decision {
  const known = knownOf(rules, situation)
  if (typeof known === 'string') return withoutNumber(known, rules, situation.reading)
  const wanted = wantedOf(known)
  if (wanted.replicas === known.replicas) return held(known, wanted.rule)
  if (isCooling(rules, situation)) return held(known, 'cooldown')
  return changed(known, wanted)
}

/** A quotient that is whole but for the last digit is whole. */
const EPSILON = 1e-9

interface Wanted {
  readonly replicas: number
  readonly rule: Rule
}

function wantedOf(known: Known): Wanted {
  const { now, power, replicas, ahead, pending } = known
  if (!now.isActive) return { replicas, rule: 'outside_schedule' }
  const pressing = ahead - pending.sheddingWatts
  if (pressing > now.upper) return shedding(known, pressing)
  if (replicas > now.max) return { replicas: now.max, rule: 'above_maximum' }
  // What others are still to shed makes no room.
  if (ahead > now.upper) return { replicas, rule: 'no_room' }
  if (replicas < now.min) return refilling(known)
  return power <= now.lower ? adding(known) : { replicas, rule: 'within_band' }
}

function shedding({ now, power, replicas, each, before }: Known, pressing: number): Wanted {
  const count = each === null ? 1 : Math.ceil((pressing - now.upper) / each - EPSILON)
  const left = Math.max(now.min, Math.min(now.max, replicas - count, before ?? replicas))
  if (left >= replicas) return { replicas, rule: 'at_minimum' }
  if (power > now.budget) return { replicas: left, rule: 'over_budget' }
  return { replicas: left, rule: power > now.upper ? 'near_budget' : 'forecast_over_budget' }
}

function refilling(known: Known): Wanted {
  const { now, replicas } = known
  const room = roomFor(known)
  if (room === null) return { replicas, rule: 'replica_power_unknown' }
  const isEnough = replicas + room >= now.min
  return isEnough ? { replicas: now.min, rule: 'below_minimum' } : { replicas, rule: 'no_room' }
}

function adding(known: Known): Wanted {
  const { now, replicas } = known
  const room = roomFor(known)
  if (replicas >= now.max) return { replicas, rule: 'at_maximum' }
  if (room === null) return { replicas, rule: 'replica_power_unknown' }
  if (room === 0) return { replicas, rule: 'no_room' }
  return { replicas: Math.min(now.max, replicas + room), rule: 'under_budget' }
}

/** How many more replicas the budget has room for; null where it is not known what one draws. */
function roomFor({ now, each, ahead, pending }: Known): number | null {
  if (each === null) return null
  return Math.max(0, Math.floor((now.upper - ahead - pending.addingWatts) / each + EPSILON))
}

function isCooling(
  { power_based: { cooldown_period: seconds } }: PolicyRules,
  { state: { last_action: last }, at }: Situation,
): boolean {
  return last !== null && at.getTime() - last.at.getTime() < seconds * 1000
}

function changed(known: Known, { replicas: desired, rule }: Wanted): Decision {
  const { replicas, each } = known
  const made = {
    ...figuresOf(known),
    action: desired > replicas ? 'scale_out' : 'scale_in',
    rule,
    desired_replicas: desired,
    expected_change_watts: each === null ? null : (desired - replicas) * each,
  } as const
  return { ...made, reason: reasonFor(made, known) }
}

function held(known: Known, rule: Rule): Decision {
  const made = {
    ...figuresOf(known),
    action: 'hold',
    rule,
    desired_replicas: keptOf(known),
    expected_change_watts: 0,
  } as const
  return { ...made, reason: reasonFor(made, known) }
}

/**
 * What was decided last stands until something else is decided: replicas that are still starting are not taken back.
 * It is no leave to add any that there is no room for any more.
 */
function keptOf(known: Known): number {
  const { replicas, before } = known
  return before === null ? replicas : Math.min(before, replicas + (roomFor(known) ?? 0))
}

function figuresOf(known: Known) {
  const { now, power, replicas, each } = known
  return {
    current_replicas: replicas,
    permitted_replicas:
      each === null
        ? null
        : Math.max(0, replicas + Math.floor((now.upper - power) / each + EPSILON)),
    watts_per_replica: each,
    forecast_used: known.forecastUsed,
  }
}

function withoutNumber(rule: Rule, rules: PolicyRules, reading: ScalingReading): Decision {
  return {
    action: 'hold',
    rule,
    reason: `${RULES[rule]}: nothing is changed`,
    current_replicas: reading.replicas,
    desired_replicas: null,
    permitted_replicas: null,
    watts_per_replica: rules.watts_per_replica,
    expected_change_watts: 0,
    forecast_used: false,
  }
}
