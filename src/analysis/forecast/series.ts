/** Longer gaps than this many points are not filled: what is beyond them is another stretch. */
const LONGEST_GAP = 6

/** A stretch of a series without a long gap, every point known. */
export interface Stretch {
  readonly values: Float64Array
  /** The place of the first value in the series that it was cut from. */
  readonly start: number
  /** How many of the values were filled in. */
  readonly filled: number
}

/**
 * The longest stretch without a gap over six points, or the last one, with its short gaps filled along a straight
 * line. Null where nothing is known.
 */
export function stretchOf(
  points: readonly (number | null)[],
  which: 'longest' | 'last',
): Stretch | null {
  const found = boundsOf(points)
  const [first] = found
  if (first === undefined) return null
  const chosen =
    which === 'last'
      ? (found.at(-1) ?? first)
      : found.reduce((best, each) => (each.end - each.start > best.end - best.start ? each : best))
  return filledStretch(points, chosen)
}

interface Bounds {
  readonly start: number
  /** Of the last known value. */
  readonly end: number
}

function boundsOf(points: readonly (number | null)[]): readonly Bounds[] {
  const found: Bounds[] = []
  let start: number | null = null
  let end = 0
  for (const [place, value] of points.entries()) {
    if (value === null || !Number.isFinite(value)) continue
    if (start !== null && place - end > LONGEST_GAP + 1) {
      found.push({ start, end })
      start = null
    }
    start ??= place
    end = place
  }
  return start === null ? found : [...found, { start, end }]
}

function filledStretch(points: readonly (number | null)[], { start, end }: Bounds): Stretch {
  const values = new Float64Array(end - start + 1)
  let known = start
  let filled = 0
  for (let place = start; place <= end; place += 1) {
    const value = points[place] ?? null
    if (value === null || !Number.isFinite(value)) continue
    values[place - start] = value
    const before = points[known] ?? 0
    for (let gap = known + 1; gap < place; gap += 1) {
      values[gap - start] = before + ((value - before) * (gap - known)) / (place - known)
      filled += 1
    }
    known = place
  }
  return { values, start, filled }
}

/** Means of so many points each, counted from the end, so that the last mean ends with the series. */
export function coarser(points: readonly (number | null)[], factor: number): (number | null)[] {
  const count = Math.floor(points.length / factor)
  const offset = points.length - count * factor
  return Array.from({ length: count }, (_, index) => {
    const from = offset + index * factor
    const known = points.slice(from, from + factor).filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}

/** Of points beside a series, as many have to be known. */
const LEAST_KNOWN = 0.9

/** The points with their gaps filled by the last known value; null where more than a tenth of them is missing. */
export function filledWithin(points: readonly (number | null)[]): Float64Array | null {
  const known = points.filter((value) => value !== null)
  if (points.length === 0 || known.length < LEAST_KNOWN * points.length) return null
  let last = known[0] ?? 0
  return Float64Array.from(points, (value) => {
    last = value ?? last
    return last
  })
}
