/** A value at a time within the period; two knots at one time are a jump. */
export type Knot = readonly [seconds: number, value: number]

/** A periodic function of time, made of straight lines, so that its integral is exact. */
export interface Curve {
  readonly periodSeconds: number
  readonly at: (seconds: number) => number
  /** The integral from time 0; the difference of two is the integral between them. */
  readonly integral: (seconds: number) => number
}

/** The curve through `knots`, which ascend from time 0 to the period. A jump takes the later value. */
export function curve(knots: readonly Knot[]): Curve {
  const times = Float64Array.from(knots, ([seconds]) => seconds)
  const values = Float64Array.from(knots, ([, value]) => value)
  const areas = areasBefore(times, values)
  const periodSeconds = times.at(-1) ?? 0
  const area = areas.at(-1) ?? 0
  return {
    periodSeconds,
    at: (seconds) => lineAt(times, values, modulo(seconds, periodSeconds)),
    integral: (seconds) => {
      const within = modulo(seconds, periodSeconds)
      const from = lastNotAfter(times, within)
      const rest =
        (within - read(times, from)) * (read(values, from) + lineAt(times, values, within))
      return Math.floor(seconds / periodSeconds) * area + read(areas, from) + rest / 2
    },
  }
}

/** The same value at all times. */
export function flat(value: number, periodSeconds: number): Curve {
  return curve([
    [0, value],
    [periodSeconds, value],
  ])
}

/** What is left of a number after whole multiples of `divisor`; never negative. */
export function modulo(value: number, divisor: number): number {
  return value - Math.floor(value / divisor) * divisor
}

function areasBefore(times: Float64Array, values: Float64Array): Float64Array {
  const areas = new Float64Array(times.length)
  for (let index = 1; index < times.length; index += 1) {
    const width = read(times, index) - read(times, index - 1)
    const height = (read(values, index) + read(values, index - 1)) / 2
    areas[index] = read(areas, index - 1) + width * height
  }
  return areas
}

function lineAt(times: Float64Array, values: Float64Array, seconds: number): number {
  const from = lastNotAfter(times, seconds)
  const start = read(times, from)
  const rise = read(values, from + 1) - read(values, from)
  return read(values, from) + (rise * (seconds - start)) / (read(times, from + 1) - start)
}

/** The last knot at or before a time within the period; the knot at the period's end is never it. */
function lastNotAfter(times: Float64Array, seconds: number): number {
  let low = 0
  let high = times.length - 1
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (read(times, middle) <= seconds) low = middle
    else high = middle
  }
  return low
}

function read(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN
}
