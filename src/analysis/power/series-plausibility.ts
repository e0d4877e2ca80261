type Points = readonly (number | null)[]

/** A stretch of a series in another unit: both ends included, as places in the points. */
export interface UnitJump {
  readonly first: number
  readonly last: number
  /** What the values would have to be multiplied by. */
  readonly suggested_scale: number
}

const JUMPS = [1e3, 1e6, 1e-3, 1e-6] as const
const NEAR = 0.03
const FEWEST = 3

/**
 * Stretches of at least three samples whose values are a thousand or a million times the series' own median, within
 * 3 %: milliwatts in a series of watts. They are left out and told; the scale is only a suggestion.
 */
export function unitJumps(points: Points): readonly UnitJump[] {
  const median = medianOf(points)
  if (median === null || median <= 0) return []
  const samples = points.flatMap((value, place) =>
    value === null ? [] : [{ place, factor: jumpOf(value / median) }],
  )
  const ends = samples.flatMap(({ factor }, index) =>
    factor === samples[index + 1]?.factor ? [] : [index + 1],
  )
  return ends.flatMap((end, index) => {
    const run = samples.slice(ends[index - 1] ?? 0, end)
    const factor = run[0]?.factor ?? null
    if (factor === null || run.length < FEWEST) return []
    const places = run.map(({ place }) => place)
    return [{ first: places[0] ?? 0, last: places.at(-1) ?? 0, suggested_scale: 1 / factor }]
  })
}

/** The points without the stretches in another unit. */
export function withoutJumps(points: Points, jumps: readonly UnitJump[]): Points {
  return points.map((value, place) =>
    jumps.some(({ first, last }) => place >= first && place <= last) ? null : value,
  )
}

function medianOf(points: Points): number | null {
  const values = points.filter((value) => value !== null).sort((a, b) => a - b)
  return values[Math.floor((values.length - 1) / 2)] ?? null
}

const jumpOf = (ratio: number): number | null =>
  JUMPS.find((jump) => Math.abs(ratio / jump - 1) <= NEAR) ?? null

const COUNTER_NAME = /(?:_total|_joules|_mJ)$/
const FEWEST_GROWING = 10

/**
 * Whether a series that is read as watts is a counter: its name says so, and at least ten samples in a row only
 * grow.
 */
export function isCounterAsGauge(metric: string, points: Points): boolean {
  const values = points.filter((value) => value !== null)
  const [first] = values
  const last = values.at(-1)
  if (!COUNTER_NAME.test(metric) || values.length < FEWEST_GROWING) return false
  if (first === undefined || last === undefined || last <= first) return false
  return values.every((value, index) => value >= (values[index - 1] ?? value))
}
