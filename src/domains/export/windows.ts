import type { TimeRange } from '../../kernel/time-range.ts'

/** How many points a window has: both ends are points. */
export function pointsIn({ start, end, stepSeconds }: TimeRange): number {
  return Math.round((end.getTime() - start.getTime()) / 1000 / stepSeconds) + 1
}

/** The part of a window from one of its points to another, both included. */
export function partOf({ start, stepSeconds }: TimeRange, first: number, last: number): TimeRange {
  const time = (point: number): Date => new Date(start.getTime() + point * stepSeconds * 1000)
  return { start: time(first), end: time(last), stepSeconds }
}

/** A window in parts of so many points that share none and leave none out. */
export function* partsOf(range: TimeRange, pointsEach: number): Generator<TimeRange, undefined> {
  const points = pointsIn(range)
  for (let first = 0; first < points; first += pointsEach)
    yield partOf(range, first, Math.min(points, first + pointsEach) - 1)
}

const SAMPLES = 5

/** A few single points of a window, spread over it. */
export function samplesOf(range: TimeRange): readonly TimeRange[] {
  const points = pointsIn(range)
  const samples = Math.min(SAMPLES, points)
  const places = Array.from({ length: samples }, (_, index) =>
    samples === 1 ? 0 : Math.round((index * (points - 1)) / (samples - 1)),
  )
  return [...new Set(places)].map((place) => partOf(range, place, place))
}
