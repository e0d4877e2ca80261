import type { EnergyTally } from './power-tally.ts'
import type { Compared, EnergyFigures, Peak } from './report.ts'

/** A figure beside the one before. */
export function compared(current: number | null, previous: number | null): Compared {
  const change =
    current === null || previous === null || previous === 0
      ? null
      : ((current - previous) / previous) * 100
  return { current, previous, change_percent: change }
}

/** A part of a whole in percent; null where either is not reported, or the whole is 0. */
export function percentOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : (part / whole) * 100
}

type Energy = Pick<EnergyTally, 'joules' | 'seconds'>

export const joulesOf = ({ joules, seconds }: Energy): number | null =>
  seconds === 0 ? null : joules

export const wattsOf = ({ joules, seconds }: Energy): number | null =>
  seconds === 0 ? null : joules / seconds

/** Energy with its share of a whole. */
export function energyFigures(tally: Energy, whole: number | null): EnergyFigures {
  return {
    energy_joules: joulesOf(tally),
    mean_power_watts: wattsOf(tally),
    share_percent: percentOf(joulesOf(tally), whole),
  }
}

/** The highest step with its time. */
export function peakOf({ peakWatts, peakUntil, peakSeconds }: EnergyTally): Peak {
  if (peakWatts === null) return { peak_power_watts: null, peak_start: null, peak_end: null }
  return {
    peak_power_watts: peakWatts,
    peak_start: dateOf(peakUntil - peakSeconds),
    peak_end: dateOf(peakUntil),
  }
}

/** The order of two things by the first of several comparisons that tells them apart. */
export const firstOf = (...orders: readonly number[]): number =>
  orders.find((order) => order !== 0) ?? 0

/** The time of unix seconds. */
export const dateOf = (seconds: number): Date => new Date(seconds * 1000)
