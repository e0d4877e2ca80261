import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'

/** Longer windows are read in pieces of this many points, at once. */
const MOST_POINTS = 1000

/** How many points a window has: both ends are points. */
export function pointsIn({ start, end, stepSeconds }: TimeRange): number {
  return Math.round((unixSeconds(end) - unixSeconds(start)) / stepSeconds) + 1
}

/** A window in pieces that share no point and leave none out. */
export function piecesOf(range: TimeRange): readonly TimeRange[] {
  const points = pointsIn(range)
  const pieces = Math.ceil(points / MOST_POINTS)
  const time = (point: number): Date =>
    new Date(range.start.getTime() + point * range.stepSeconds * 1000)
  return Array.from({ length: pieces }, (_, piece) => ({
    start: time(piece * MOST_POINTS),
    end: time(Math.min(points, (piece + 1) * MOST_POINTS) - 1),
    stepSeconds: range.stepSeconds,
  }))
}
