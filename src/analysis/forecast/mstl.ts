import { smoothed } from './ets.ts'
import type { Member } from './members.ts'
import { difference } from './smoothing.ts'
import { stl } from './stl.ts'

/** Four weeks by the hour; of shorter steps four days, since the time of a fit grows with their number. */
const MOST_VALUES = 672
const LEAST_DAYS = 4
/** How often the seasons are told apart anew. */
const ROUNDS = 2
/** Over how many of its periods a season may change: the first, and by how many more each longer one. */
const FIRST_SPAN = 11
const MORE_SPAN = 4

/**
 * Seasons by repeated smoothing and the rest by exponential smoothing (Bandara, Hyndman and Bergmeir, 2021), fitted anew
 * at each origin. What lies further outside the series than its own range is no forecast.
 */
export function mstlEts(horizon: number, seasons: readonly number[]): Member {
  const day = seasons[0] ?? 24
  const least = 2 * Math.max(...seasons) + 1
  const most = Math.max(MOST_VALUES, LEAST_DAYS * day, least)
  return {
    name: 'mstl_ets',
    fit: () => ({
      predict(values, origin) {
        const known = values.subarray(Math.max(0, origin + 1 - most), origin + 1)
        return known.length < least ? null : plausible(forecast(known, seasons, horizon), known)
      },
    }),
  }
}

function forecast(values: Float64Array, seasons: readonly number[], horizon: number): Float64Array {
  const { rest, parts } = seasonsOf(values, seasons)
  return smoothed(rest, horizon).map((level, step) =>
    seasons.reduce((sum, period, index) => {
      const place = values.length - period + (step % period)
      return sum + (parts[index]?.[place] ?? 0)
    }, level),
  )
}

/** What repeats with each period, shorter ones first, and what is left. */
export function seasonsOf(
  values: Float64Array,
  periods: readonly number[],
): { readonly rest: Float64Array; readonly parts: readonly Float64Array[] } {
  const parts: Float64Array[] = periods.map(() => new Float64Array(values.length))
  let rest: Float64Array = Float64Array.from(values)
  for (let turn = 0; turn < ROUNDS * periods.length; turn += 1) {
    const index = turn % periods.length
    const before = parts[index] ?? new Float64Array(values.length)
    const known = rest.map((value, place) => value + (before[place] ?? 0))
    const { seasonal } = stl(known, periods[index] ?? 1, FIRST_SPAN + MORE_SPAN * index)
    parts[index] = seasonal
    rest = difference(known, seasonal)
  }
  return { rest, parts }
}

function plausible(points: Float64Array, known: Float64Array): Float64Array | null {
  const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const range = high - low
  const fits = points.every((value) => value >= low - range && value <= high + range)
  return fits ? points : null
}
