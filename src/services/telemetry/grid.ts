import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Series } from '../../promql/samples.ts'
import type { Judged } from './translate.ts'

/** A value for each point of a window, null where there is none. */
export type Points = readonly (number | null)[]

/** One value for each point of the window, null where the series has none or one that cannot be. */
export function onGrid(
  { seconds, values }: Series,
  { start, end, stepSeconds }: TimeRange,
  judge: (value: number) => Judged,
): Points {
  const first = unixSeconds(start)
  const points = Math.round((unixSeconds(end) - first) / stepSeconds) + 1
  const grid: (number | null)[] = new Array<null>(points).fill(null)
  for (const [index, time] of seconds.entries()) {
    const place = Math.round((time - first) / stepSeconds)
    const result = judge(values[index] ?? Number.NaN)
    if (typeof result === 'number' && place >= 0 && place < points) grid[place] = result
  }
  return grid
}

/** The first list that has a value, point by point. */
export function firstPoints(a: Points, b: Points): Points {
  return a.map((point, index) => point ?? b[index] ?? null)
}

/**
 * Counters that add up, as one. Each counts for itself, since a reset of one would look like a reset of all; a
 * counter that is not there yet, or for a moment, adds nothing.
 */
export function addedCounters(counters: readonly Points[]): Points {
  const total = new Array<number>(counters[0]?.length ?? 0).fill(0)
  for (const points of counters)
    for (const [index, value] of grown(points).entries()) total[index] = (total[index] ?? 0) + value
  return total.map((value, index) =>
    counters.some((points) => typeof points[index] === 'number') ? value : null,
  )
}

/** A counter without its resets and gaps: from its first reading on, which also stands before it. */
function grown(points: Points): readonly number[] {
  let before = points.find((point) => point !== null) ?? 0
  let sum = before
  return points.map((point) => {
    if (point === null) return sum
    sum += point < before ? point : point - before
    before = point
    return sum
  })
}
