import { meanKnown } from '../power/sum.ts'
import { quantileOf } from './power-features.ts'

type Points = readonly (number | null)[]

/** What a figure was like over a window. Null where nothing of it is known. */
export interface Statistics {
  readonly mean: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly max: number | null
}

/** The statistics of a series; gaps are left out. */
export function statisticsOf(points: Points): Statistics {
  const known = Float64Array.from(points.filter((point) => point !== null)).sort()
  if (known.length === 0) return { mean: null, p50: null, p95: null, max: null }
  return {
    mean: meanKnown([...known]),
    p50: quantileOf(known, 0.5),
    p95: quantileOf(known, 0.95),
    max: quantileOf(known, 1),
  }
}
