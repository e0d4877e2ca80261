import type { DemandRule } from './tariff.ts'

/** The mean demand of one interval. */
export interface Demand {
  /** When the interval begins, in unix seconds. */
  readonly from: number
  readonly kilowatts: number
  /** The part of the interval that was measured, 0 to 1. */
  readonly coverage: number
}

/** Power over a stretch of time; null where it was not measured. */
export interface PowerStep {
  readonly from: number
  readonly until: number
  readonly watts: number | null
}

/**
 * The mean demand of each interval on the clock: energy ÷ the time that was measured, so that a missing minute does
 * not make it lower. An interval of which nothing was measured is left out.
 */
export function demandsOf(steps: readonly PowerStep[], intervalSeconds = 900): readonly Demand[] {
  const found = new Map<number, { joules: number; seconds: number }>()
  for (const { from, until, watts } of steps)
    for (let at = from; watts !== null && at < until;) {
      const begin = Math.floor(at / intervalSeconds) * intervalSeconds
      const end = Math.min(until, begin + intervalSeconds)
      const known = found.get(begin) ?? { joules: 0, seconds: 0 }
      known.joules += watts * (end - at)
      known.seconds += end - at
      found.set(begin, known)
      at = end
    }
  return [...found].map(([from, { joules, seconds }]) => ({
    from,
    kilowatts: joules / seconds / 1000,
    coverage: Math.min(1, seconds / intervalSeconds),
  }))
}

/** The highest of some demands; null of none. */
export function highestDemand(demands: readonly Demand[]): Demand | null {
  return demands.reduce<Demand | null>(
    (highest, each) => (highest === null || each.kilowatts > highest.kilowatts ? each : highest),
    null,
  )
}

/** The demand that is billed for a month, and the month that set it. */
export interface BilledDemand {
  readonly kilowatts: number
  readonly setIn: string
}

/**
 * The demand that a month is billed by: its own highest, or that of a month before which the ratchet still remembers.
 * `peaks` has the highest demand of each month, `2026-07`; months that it lacks count nothing.
 */
export function billedDemand(
  rule: Pick<DemandRule, 'ratchetMonths' | 'ratchetOf'>,
  peaks: ReadonlyMap<string, number>,
  month: string,
): BilledDemand | null {
  const before = Array.from({ length: rule.ratchetMonths }, (_, back) =>
    monthBefore(month, back + 1),
  )
  const counted = before.filter((each) => rule.ratchetOf.includes(Number(each.slice(5))))
  return [month, ...counted].reduce<BilledDemand | null>((highest, setIn) => {
    const kilowatts = peaks.get(setIn)
    if (kilowatts === undefined || (highest !== null && kilowatts <= highest.kilowatts))
      return highest
    return { kilowatts, setIn }
  }, null)
}

function monthBefore(month: string, back: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 - back, 1)).toISOString().slice(0, 7)
}
