import type { Samples } from './window.ts'

export interface Lookback {
  /** How far back Prometheus looks for the newest sample: five minutes unless configured. */
  readonly lookbackSeconds: number
  readonly stepSeconds: number
  /** The end of the window. */
  readonly until: number
}

/**
 * The points of a range query without those that only repeat a dead series' last sample: a series that ends before
 * its window, with as many equal points at its end as the look-back makes. Lifetimes are surer, where they are
 * known. (Prometheus, querying basics, staleness.)
 */
export function withoutLookback(
  points: Samples,
  { lookbackSeconds, stepSeconds, until }: Lookback,
): Samples {
  const [end, value] = points.at(-1) ?? [until, 0]
  if (end + stepSeconds >= until) return points
  const flat = points.length - 1 - points.findLastIndex((point) => point[1] !== value)
  const [begin] = points[points.length - flat] ?? [end]
  const seconds = end - begin
  const isRepeated = seconds <= lookbackSeconds && seconds > lookbackSeconds - 2 * stepSeconds
  return isRepeated ? points.slice(0, points.length - flat + 1) : points
}
