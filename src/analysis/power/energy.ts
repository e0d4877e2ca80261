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
      covered_seconds: spanOf(joules) * stepSeconds,
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

/** How many steps lie between the first and the last reading. */
function spanOf(points: Points): number {
  const first = points.findIndex((point) => point !== null)
  const last = points.findLastIndex((point) => point !== null)
  return first < 0 ? 0 : last - first
}
