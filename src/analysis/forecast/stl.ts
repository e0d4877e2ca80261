import { difference, loess, movingMean, nextOdd } from './smoothing.ts'

/** A series as what repeats with a period, and what goes on beside it. */
export interface Decomposed {
  readonly seasonal: Float64Array
  readonly trend: Float64Array
}

/** How often the two parts are told apart anew. */
const ROUNDS = 2

/**
 * Seasonal and trend by repeated local regression, without weights against outliers (Cleveland, Cleveland, McRae and
 * Terpenning, 1990). `span` is over how many periods the seasonal part may change. At least two periods of values.
 */
export function stl(values: Float64Array, period: number, span: number): Decomposed {
  const trendSpan = nextOdd((1.5 * period) / (1 - 1.5 / span))
  let trend: Float64Array = new Float64Array(values.length)
  let seasonal: Float64Array = new Float64Array(values.length)
  for (let round = 0; round < ROUNDS; round += 1) {
    const cycles = smoothedCycles(difference(values, trend), period, span)
    const low = movingMean(movingMean(movingMean(cycles, period), period), 3)
    seasonal = difference(
      cycles.subarray(period),
      loess(low, { span: nextOdd(period), fit: 'line' }),
    )
    trend = loess(difference(values, seasonal), { span: trendSpan, fit: 'line' })
  }
  return { seasonal, trend }
}

/** Each place of the period smoothed for itself, with one more period before the first value and after the last. */
function smoothedCycles(values: Float64Array, period: number, span: number): Float64Array {
  const all = new Float64Array(values.length + 2 * period)
  for (let place = 0; place < period; place += 1) {
    const count = Math.ceil((values.length - place) / period)
    const own = Float64Array.from(
      { length: count },
      (_, turn) => values[place + turn * period] ?? 0,
    )
    const smooth = loess(own, { span, fit: 'mean', beyond: 1 })
    for (let turn = 0; turn < smooth.length; turn += 1)
      all[place + turn * period] = smooth[turn] ?? 0
  }
  return all
}
