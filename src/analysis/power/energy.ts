import { increaseOf } from './counter.ts'

/** Energy over a window, and how much of the window it was measured in. */
export interface Energy {
  readonly energy_joules: number | null
  readonly covered_seconds: number
  readonly window_seconds: number
  /** `counter` where the device counts its own energy, `integral` of watts where it does not. */
  readonly method: 'counter' | 'integral' | null
}

type Points = readonly (number | null)[]

/**
 * Growth of a counter read at equal steps, null where it was not read. A reading below the one before is a
 * reset: the counter began again at zero, so what it shows has been added since. A gap inside the window is
 * covered, since the counter went on counting while nobody looked. `wrapsAt` is where it begins again without a
 * reset. Null with fewer than two readings.
 */
export function growth(points: Points, wrapsAt: number | null = null): number | null {
  const readings = points.filter((point) => point !== null)
  if (readings.length < 2) return null
  return readings
    .slice(1)
    .reduce((sum, now, index) => sum + increaseOf(readings[index] ?? now, now, wrapsAt), 0)
}

/**
 * Energy from an energy counter in joules, read at equal steps; else from mean watts of equal steps, summed over
 * the steps that have a value. The first point is the start of the window: its watts belong to the time before.
 * A counter is preferred for windows of a minute or more, below it moves too seldom.
 */
export function energyOf(
  { joules, watts }: { readonly joules: Points; readonly watts: Points },
  stepSeconds: number,
): Energy {
  const windowSeconds = Math.max(0, (Math.max(joules.length, watts.length) - 1) * stepSeconds)
  const counted = windowSeconds >= 60 ? growth(joules) : null
  if (counted !== null)
    return {
      energy_joules: counted,
      covered_seconds: (spanOf(joules) - resetsIn(joules)) * stepSeconds,
      window_seconds: windowSeconds,
      method: 'counter',
    }
  const measured = watts.slice(1).filter((point) => point !== null)
  if (measured.length === 0)
    return { energy_joules: null, covered_seconds: 0, window_seconds: windowSeconds, method: null }
  return {
    energy_joules: measured.reduce((sum, point) => sum + point * stepSeconds, 0),
    covered_seconds: measured.length * stepSeconds,
    window_seconds: windowSeconds,
    method: 'integral',
  }
}

/** How a counter and the watts of the same time disagree: by more than meters do, or by the factor of a unit. */
export interface EnergyDoubt {
  readonly kind: 'differs' | 'other_unit'
  /** Watts by the counter ÷ watts by the gauge. */
  readonly ratio: number
}

/** Power averaged over steps and energy counted in the device differ by up to this factor (ml-energy/zeus#181). */
const DIFFERS = 2
/** No meter is off by so much: one of the two is of another unit. */
const OTHER_UNIT = 10

/**
 * `energyOf`, with what the watts say against the counter. A counter whose energy is many times that of the watts,
 * or a small part of it, is of another unit, and the watts count.
 */
export function weighedEnergy(
  { joules, watts }: { readonly joules: Points; readonly watts: Points },
  stepSeconds: number,
): { readonly energy: Energy; readonly doubt: EnergyDoubt | null } {
  const counted = energyOf({ joules, watts }, stepSeconds)
  const summed = energyOf({ joules: [], watts }, stepSeconds)
  const ratio = meanWatts(counted) / meanWatts(summed)
  const isOff = (factor: number): boolean => ratio > factor || ratio < 1 / factor
  // NaN, where one of the two is not known, is off by nothing.
  if (counted.method !== 'counter' || !isOff(DIFFERS)) return { energy: counted, doubt: null }
  if (!isOff(OTHER_UNIT)) return { energy: counted, doubt: { kind: 'differs', ratio } }
  return { energy: summed, doubt: { kind: 'other_unit', ratio } }
}

const meanWatts = ({ energy_joules: joules, covered_seconds: seconds }: Energy): number =>
  joules === null ? Number.NaN : joules / seconds

/** How often a counter began again: what it counted last before, in the same step, nobody knows. */
function resetsIn(points: Points): number {
  const readings = points.filter((point) => point !== null)
  return readings.filter((now, index) => now < (readings[index - 1] ?? now)).length
}

/** How many steps lie between the first and the last reading. */
function spanOf(points: Points): number {
  const first = points.findIndex((point) => point !== null)
  const last = points.findLastIndex((point) => point !== null)
  return first < 0 ? 0 : last - first
}
