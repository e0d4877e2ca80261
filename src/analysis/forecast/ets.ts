import { leastOf } from './minimum.ts'

/** How a series goes on: from a level, by a trend that dies away. */
interface Smoothing {
  /** How far the level follows an error. */
  readonly level: number
  /** How far the trend follows it; at most as far as the level. */
  readonly trend: number
  /** What is left of the trend after a step. */
  readonly damping: number
}

interface Smoothed {
  readonly squares: number
  readonly level: number
  readonly trend: number
}

const DAMPING = { least: 0.8, most: 0.98 }
const NO_TREND = { trend: 0, damping: 0 }
const LEAST_LEVEL = 1e-3

/**
 * Exponential smoothing with additive errors: a level alone, or with a damped trend where that pays for its parameters
 * (Hyndman, Koehler, Ord and Snyder, 2008; chosen by the corrected criterion of Akaike).
 */
export function smoothed(values: Float64Array, horizon: number): Float64Array {
  const alone = fitAlone(values)
  const damped = fitDamped(values, alone)
  const count = values.length
  const isDamped =
    criterion(runOf(values, damped).squares, count, 5) <
    criterion(runOf(values, alone).squares, count, 2)
  const chosen = isDamped ? damped : alone
  const { level, trend } = runOf(values, chosen)
  let ahead = level
  let slope = trend
  return Float64Array.from({ length: horizon }, () => {
    slope *= chosen.damping
    ahead += slope
    return ahead
  })
}

function fitAlone(values: Float64Array): Smoothing {
  const [level = 1] = leastOf(
    ([of = 0]) => runOf(values, bounded({ level: of, ...NO_TREND })).squares,
    {
      start: [0.5],
      step: [0.3],
      most: 40,
    },
  )
  return bounded({ level, ...NO_TREND })
}

function fitDamped(values: Float64Array, { level: start }: Smoothing): Smoothing {
  const of = ([level = 0, share = 0, damping = 0]: readonly number[]): Smoothing =>
    bounded({
      level,
      trend: share * level,
      damping: Math.min(DAMPING.most, Math.max(DAMPING.least, damping)),
    })
  const found = leastOf((place) => runOf(values, of(place)).squares, {
    start: [start, 0.1, 0.9],
    step: [start > 0.5 ? -0.2 : 0.2, 0.1, 0.05],
    most: 100,
  })
  return of(found)
}

function bounded({ level, trend, damping }: Smoothing): Smoothing {
  const within = Math.min(1, Math.max(LEAST_LEVEL, level))
  return { level: within, trend: Math.min(within, Math.max(0, trend)), damping }
}

/** Goes through the values once. */
function runOf(values: Float64Array, by: Smoothing): Smoothed {
  let level = values[0] ?? 0
  let trend = 0
  let squares = 0
  for (let place = 1; place < values.length; place += 1) {
    const slope = by.damping * trend
    const error = (values[place] ?? 0) - level - slope
    squares += error * error
    level += slope + by.level * error
    trend = slope + by.trend * error
  }
  return { squares, level, trend }
}

function criterion(squares: number, count: number, parameters: number): number {
  const spent = parameters + 1
  const correction = (2 * spent * (spent + 1)) / Math.max(1, count - spent - 1)
  return count * Math.log(squares / count + Number.MIN_VALUE) + 2 * spent + correction
}
