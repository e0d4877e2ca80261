import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { initSync, MSTL } from '@bsull/augurs/mstl'
import type { Member } from '../../analysis/forecast/members.ts'

/** Four weeks by the hour; of shorter steps four days, since the time of a fit grows with their number. */
const MOST_VALUES = 672
const LEAST_DAYS = 4

/** Loads the library, once for each thread. */
export function loadStatistical(): void {
  const require = createRequire(import.meta.url)
  const path = require.resolve('@bsull/augurs/mstl').replace(/mstl\.js$/, 'mstl_bg.wasm')
  initSync({ module: readFileSync(path) })
}

/**
 * Seasons by repeated smoothing and the rest by exponential smoothing (Bandara, Hyndman and Bergmeir, 2021; augurs),
 * fitted anew at each origin. What lies further outside the series than its own range is no forecast.
 */
export function mstlEts(horizon: number, seasons: readonly number[]): Member {
  const day = seasons[0] ?? 24
  const least = 2 * Math.max(...seasons) + 1
  const most = Math.max(MOST_VALUES, LEAST_DAYS * day, least)
  return {
    name: 'mstl_ets',
    fit: () => ({
      predict(values, origin) {
        const from = Math.max(0, origin + 1 - most)
        const known = values.slice(from, origin + 1)
        return known.length < least ? null : plausible(forecast(known, seasons, horizon), known)
      },
    }),
  }
}

/** Null where the library finds no fit. */
function forecast(
  values: Float64Array,
  seasons: readonly number[],
  horizon: number,
): Float64Array | null {
  const model = MSTL.ets(Uint32Array.from(seasons))
  try {
    model.fit(values)
    return Float64Array.from(model.predict(horizon).point)
  } catch {
    // It throws texts, for series that its optimiser does not like.
    return null
  } finally {
    model.free()
  }
}

function plausible(points: Float64Array | null, known: Float64Array): Float64Array | null {
  if (points === null) return null
  const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const range = high - low
  const fits = points.every((value) => value >= low - range && value <= high + range)
  return fits ? points : null
}
