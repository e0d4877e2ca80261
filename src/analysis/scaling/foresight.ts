import type { PolicyRules } from './policy.ts'
import type { Trace } from './replay-trace.ts'
import type { ScalingForecast } from './situation.ts'

/** What could have been known of the time ahead at a step of a past. */
export interface Foresight {
  /** Null when the policy does not look ahead. `factor` brings what was recorded to what is simulated. */
  at(index: number, factor: number): ScalingForecast | null
}

const DAY_SECONDS = 86_400
const WITHIN = 0.1
const LEAST_JUDGED = 10
const MOST_JUDGED = 500

/**
 * A forecast for replays: the last value, changed as it changed in the same hours of the day before where these are
 * known. Its confidence is the share of the past peaks that lay within a tenth of what it said of them.
 */
export function createForesight(
  { predictive_scaling: ahead }: PolicyRules,
  trace: Trace,
): Foresight {
  const watts = trace.steps.map((step) => step.power_watts)
  const steps = Math.max(1, Math.round((ahead.lookahead_minutes * 60) / trace.stepSeconds))
  const day = Math.round(DAY_SECONDS / trace.stepSeconds)
  const judged: boolean[] = []
  let seen = 0
  const judgeUpTo = (index: number): void => {
    for (; seen + steps <= index; seen += 1) {
      const said = peakSaid(watts, seen, { steps, day })
      const truth = peakIn(watts, seen + 1, seen + steps)
      if (said !== null && truth !== null)
        judged.push(Math.abs(said.watts - truth) <= WITHIN * said.watts)
    }
  }
  return {
    at(index, factor) {
      if (!ahead.enabled) return null
      judgeUpTo(index)
      const said = peakSaid(watts, index, { steps, day })
      const recent = judged.slice(-MOST_JUDGED)
      return {
        peak_power_watts: said === null ? null : said.watts * factor,
        confidence:
          recent.length < LEAST_JUDGED ? null : recent.filter(Boolean).length / recent.length,
        model: said?.model ?? null,
        problem: said === null ? 'the power is not known' : null,
      }
    },
  }
}

type Series = readonly (number | null)[]

interface Ahead {
  readonly steps: number
  readonly day: number
}

function peakSaid(
  watts: Series,
  index: number,
  { steps, day }: Ahead,
): { readonly watts: number; readonly model: string } | null {
  const last = watts[index] ?? null
  if (last === null) return null
  const then = watts[index - day] ?? null
  const peak = then === null ? null : peakIn(watts, index - day + 1, index - day + steps)
  if (then === null || then <= 0 || peak === null) return { watts: last, model: 'persistence' }
  return { watts: Math.max(last, (last * peak) / then), model: 'day_before' }
}

function peakIn(watts: Series, from: number, until: number): number | null {
  const known = watts.slice(Math.max(0, from), until + 1).filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}
