/** A jump to another level. */
export interface LevelShift {
  /** The place of the first value of the new level. */
  readonly at: number
  /** What was usual before. */
  readonly from: number
  /** By how much the first values of the new level differ from it. */
  readonly by: number
}

/** Watches a series, value after value. */
export interface ShiftWatch {
  /** Looks at the values up to and including an origin. The shift that still counts, if there is one. */
  look(values: Float64Array, origin: number): LevelShift | null
}

interface WatchOptions {
  /** How many values a day has. */
  readonly day: number
}

/** Over how many values a jump may take place. */
const REACHES = [1, 3, 6]
/** What is usual is what happened within so many days. */
const MEMORY_DAYS = 28
const LEAST_DAYS = 2
/** A jump is out of the ordinary when it is so many times the usual change. */
const LEAST_SCALES = 6
/** One jump of this share of its size within the memory makes it an ordinary one. */
const COMPARABLE = 0.67
/** A value so far outside all of the memory, by its range and by the usual change, is of another level. */
const LEAST_EXCESS = 0.25
const EXCESS_SCALES = 2
/** A level that is left again after so few values was a spike. */
const SPIKE_AFTER = 3
const SPIKE_WITHIN = 24

/**
 * Tells of jumps to another level that are out of the ordinary for the series: larger by far than its usual changes,
 * and than any within four weeks, or to where no value was. Where jobs come and go, a jump of their size is nothing
 * new. A spike is taken back.
 */
export function createShiftWatch({ day }: WatchOptions): ShiftWatch {
  let current: LevelShift | null = null
  let before: LevelShift | null = null
  return {
    look(values, origin) {
      if (current !== null && isSpike(values, origin, current)) current = before
      const found = shiftAt(values, origin, day)
      if (found !== null && isLater(found, current)) {
        before = current
        current = found
      }
      if (current !== null && origin - current.at > MEMORY_DAYS * day) current = null
      return current
    },
  }
}

const isLater = (found: LevelShift, current: LevelShift | null): boolean =>
  current === null || found.at > current.at

function isSpike(values: Float64Array, origin: number, { at, from, by }: LevelShift): boolean {
  const since = origin - at + 1
  if (since < SPIKE_AFTER || since > SPIKE_WITHIN) return false
  return Math.abs(medianOf(values.subarray(at, origin + 1)) - from) < Math.abs(by) / 2
}

function shiftAt(values: Float64Array, origin: number, day: number): LevelShift | null {
  const start = Math.max(0, origin - MEMORY_DAYS * day)
  if (origin - start < LEAST_DAYS * day) return null
  const reach = isOutside(values, start, origin)
    ? 1
    : REACHES.find((each) => isExtraordinary(values, { start, origin, reach: each }))
  if (reach === undefined) return null
  const at = origin - reach + 1
  const from = medianOf(values.subarray(Math.max(0, at - day), at))
  return { at, from, by: (values[origin] ?? 0) - from }
}

function isOutside(values: Float64Array, start: number, origin: number): boolean {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let changes = 0
  for (let at = start; at < origin; at += 1) {
    const value = values[at] ?? 0
    low = Math.min(low, value)
    high = Math.max(high, value)
    if (at > start) changes += Math.abs(changeAt(values, at, 1))
  }
  const value = values[origin] ?? 0
  const excess = Math.max(low - value, value - high)
  const usual = changes / (origin - start - 1)
  return excess > Math.max(LEAST_EXCESS * (high - low), EXCESS_SCALES * usual)
}

const changeAt = (values: Float64Array, at: number, reach: number): number =>
  (values[at] ?? 0) - (values[at - reach] ?? 0)

interface Jump {
  readonly start: number
  readonly origin: number
  readonly reach: number
}

/** Whether a change is larger by far than the usual one, and than every other in the memory. */
function isExtraordinary(values: Float64Array, { start, origin, reach }: Jump): boolean {
  const size = Math.abs(changeAt(values, origin, reach))
  let sum = 0
  let count = 0
  for (let at = start + reach; at <= origin - reach; at += 1) {
    const change = Math.abs(changeAt(values, at, reach))
    if (change >= size * COMPARABLE) return false
    sum += change
    count += 1
  }
  return size > (LEAST_SCALES * sum) / Math.max(1, count)
}

function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
