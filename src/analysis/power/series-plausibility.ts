import type { Warning } from '../../kernel/answer.ts'

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
  // Most series never move so far, and need no median.
  if (!spansJump(points)) return []
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

function spansJump(points: Points): boolean {
  let [least, most] = [Infinity, 0]
  for (const value of points) {
    if (value === null || value <= 0) continue
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return most / least >= JUMPS[0] * (1 - NEAR)
}

/** The points without the stretches in another unit. */
export function withoutJumps(points: Points, jumps: readonly UnitJump[]): Points {
  return points.map((value, place) =>
    jumps.some(({ first, last }) => place >= first && place <= last) ? null : value,
  )
}

/** A series of one measure of one thing of a cluster. */
interface MeasuredRow {
  readonly cluster: string
  readonly measure: string
  readonly labels: Readonly<Partial<Record<string, string>>>
  readonly values: Points
}

/** Series without their stretches in another unit, and one warning for each series that had any. */
export function withoutUnitJumps<Row extends MeasuredRow>(
  rows: readonly Row[],
): { readonly rows: readonly Row[]; readonly warnings: readonly Warning[] } {
  const warnings: Warning[] = []
  const clean = rows.map((row) => {
    const jumps = unitJumps(row.values)
    const [first] = jumps
    if (first === undefined) return row
    const name = Object.values(row.labels).join('/')
    warnings.push({
      code: 'implausible_values',
      cluster: row.cluster,
      detail: `${row.measure} of ${name} is in another unit at some points, which are left out: times ${first.suggested_scale} it would fit`,
    })
    return { ...row, values: withoutJumps(row.values, jumps) }
  })
  return { rows: clean, warnings }
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
