import type { Aggregation, WindowFunction } from './expression.ts'

/** How many values become one: `add` is called for each, `n` counting from 1, beginning with `start`. */
export interface Fold {
  readonly start: number
  readonly add: (accumulated: number, value: number, n: number) => number
}

/** What Prometheus makes of many values, over series and over time alike (`promql/engine.go`, `functions.go`). */
export const FOLDS: Readonly<Record<Aggregation | WindowFunction, Fold>> = {
  sum: { start: 0, add: (accumulated, value) => accumulated + value },
  avg: { start: 0, add: nextMean },
  // NaN gives way to any number: it is the result only when there is nothing else.
  min: {
    start: Number.NaN,
    add: (least, value) => (isReplaced(least, least > value) ? value : least),
  },
  max: { start: Number.NaN, add: (most, value) => (isReplaced(most, most < value) ? value : most) },
  last: { start: 0, add: (_earlier, value) => value },
  count: { start: 0, add: (_earlier, _value, n) => n },
}

function isReplaced(accumulated: number, beaten: boolean): boolean {
  return beaten || Number.isNaN(accumulated)
}

/** The mean of n values from that of the first n − 1, so that large values do not overflow in a sum. */
function nextMean(mean: number, value: number, n: number): number {
  const sameInfinity = mean === value || Number.isFinite(value)
  if (Math.abs(mean) === Infinity && sameInfinity) return mean
  return mean + (value / n - mean / n)
}
