import { type Column, emptyColumn, type Grid } from './columns.ts'
import type { RateFunction, WindowFunction } from './expression.ts'
import { FOLDS } from './folds.ts'
import type { StoredSeries } from './samples.ts'

/**
 * Which samples a window of d seconds before t holds, and which a look-back finds. Prometheus 3 leaves out the
 * one at exactly t − d (`left_open`), Prometheus 2 counts it (`closed`).
 */
export type Edges = 'left_open' | 'closed'

/** How windows lie over the grid: each ends at a step and reaches back `windowMs`. */
export interface Sliding {
  readonly grid: Grid
  readonly windowMs: number
  readonly edges: Edges
}

/** The samples from index `lo` up to but without `hi`, at least one; moved along from step to step. */
interface Window {
  readonly ms: Float64Array
  readonly values: readonly number[]
  lo: number
  hi: number
  endMs: number
}

/** What becomes of the samples of one window; undefined for no value. */
export type Reduce = (window: Window) => number | undefined

/** Slides a window over a series and reduces it at every step. Every sample is read once. */
export function slide(series: StoredSeries, sliding: Sliding, reduce: Reduce): Column {
  const { grid, windowMs } = sliding
  const column = emptyColumn(series.labels, grid.steps)
  const endOf = (step: number) => grid.startMs + step * grid.stepMs
  // Windows that do not touch are read one by one, so that what lies between them is not read at all.
  const stepsAtOnce = grid.stepMs > windowMs ? 1 : grid.steps
  for (let first = 0; first < grid.steps; first += stepsAtOnce) {
    const last = first + stepsAtOnce - 1
    const samples = read(series, endOf(first) - windowMs, endOf(last))
    const window = { ...samples, lo: 0, hi: 0, endMs: endOf(first) }
    for (let step = first; step <= last; step++) {
      moveTo(window, endOf(step), sliding)
      put(column, step, window.lo < window.hi ? reduce(window) : undefined)
    }
  }
  return column
}

function read(
  series: StoredSeries,
  fromMs: number,
  untilMs: number,
): Pick<Window, 'ms' | 'values'> {
  // Half a millisecond more on either side, so that a store's rounding of seconds loses no sample.
  const { seconds, values } = series.between((fromMs - 0.5) / 1000, (untilMs + 0.5) / 1000)
  const ms = new Float64Array(seconds.length)
  for (const [i, second] of seconds.entries()) ms[i] = Math.round(second * 1000)
  return { ms, values }
}

function moveTo(window: Window, endMs: number, { windowMs, edges }: Sliding): void {
  const { ms } = window
  const firstMs = endMs - windowMs + (edges === 'closed' ? 0 : 1)
  window.endMs = endMs
  while (window.hi < ms.length && at(ms, window.hi) <= endMs) window.hi++
  while (window.lo < window.hi && at(ms, window.lo) < firstMs) window.lo++
}

function put(column: Column, step: number, value: number | undefined): void {
  if (value === undefined) return
  column.values[step] = value
  column.has[step] = 1
}

/** Reads inside the bounds, which the caller keeps. */
function at(list: Float64Array | readonly number[], index: number): number {
  return list[index] ?? Number.NaN
}

/** The newest value of a window. */
export function lastValue(window: Window): number {
  return at(window.values, window.hi - 1)
}

/** When the newest value of a window was sampled, in unix seconds. */
export function lastSeconds(window: Window): number {
  return at(window.ms, window.hi - 1) / 1000
}

/** `avg_over_time` and the like. */
export function summary(by: WindowFunction): Reduce {
  const { start, add } = FOLDS[by]
  return ({ values, lo, hi }) => {
    let result = start
    for (let i = lo; i < hi; i++) result = add(result, at(values, i), i - lo + 1)
    return result
  }
}

/** `rate` or `increase` as Prometheus extrapolates them (`promql/functions.go`, extrapolatedRate). */
export function growth(by: RateFunction, sliding: Sliding): Reduce {
  const divisor = by === 'rate' ? sliding.windowMs / 1000 : 1
  return (window) => {
    if (window.hi - window.lo < 2) return undefined
    const grown = grownWithin(window)
    return grown * (extrapolation(window, grown, sliding) / divisor)
  }
}

/** Last minus first; a value below the one before it is a counter that began again at zero. */
function grownWithin({ values, lo, hi }: Window): number {
  let grown = at(values, hi - 1) - at(values, lo)
  for (let i = lo + 1; i < hi; i++) {
    const before = at(values, i - 1)
    if (at(values, i) < before) grown += before
  }
  return grown
}

/** How many times longer than the sampled time is the time that the growth stands for. */
function extrapolation(window: Window, grown: number, { windowMs, edges }: Sliding): number {
  const { ms, values, lo, hi, endMs } = window
  const sampled = (at(ms, hi - 1) - at(ms, lo)) / 1000
  const between = sampled / (hi - lo - 1)
  // An edge about one sample away is reached; a farther one means that the series begins or ends in between.
  const reach = (distance: number) => (distance < between * 1.1 ? distance : between / 2)
  const toStart = (at(ms, lo) - (endMs - windowMs)) / 1000
  const toEnd = (endMs - at(ms, hi - 1)) / 1000
  // A counter was never below zero, so its line is not drawn back beyond the time at which it was zero.
  const toZero = grown > 0 && at(values, lo) >= 0 ? sampled * (at(values, lo) / grown) : Infinity
  const shorter = (distance: number) => (toZero < distance ? toZero : distance)
  // Up to 2.51 Prometheus looked at zero first (prometheus/prometheus#13725).
  const back = edges === 'closed' ? reach(shorter(toStart)) : shorter(reach(toStart))
  return (sampled + back + reach(toEnd)) / sampled
}
