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

/** Raw samples: parallel arrays, ascending, times in whole unix milliseconds. */
interface Samples {
  readonly ms: readonly number[]
  readonly values: readonly number[]
}

/** The samples from index `lo` up to but without `hi`, at least one; moved along from step to step. */
interface Window {
  readonly samples: Samples
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
    const window = { samples, lo: 0, hi: 0, endMs: endOf(first) }
    for (let step = first; step <= last; step++) {
      moveTo(window, endOf(step), sliding)
      put(column, step, window.lo < window.hi ? reduce(window) : undefined)
    }
  }
  return column
}

function read(series: StoredSeries, fromMs: number, untilMs: number): Samples {
  // Half a millisecond more on either side, so that a store's rounding of seconds loses no sample.
  const { seconds, values } = series.between((fromMs - 0.5) / 1000, (untilMs + 0.5) / 1000)
  return { ms: seconds.map(toMs), values }
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000)
}

function moveTo(window: Window, endMs: number, { windowMs, edges }: Sliding): void {
  const { ms } = window.samples
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
function at(list: readonly number[], index: number): number {
  return list[index] ?? Number.NaN
}

/** The newest value of a window. */
export function lastValue({ samples, hi }: Window): number {
  return at(samples.values, hi - 1)
}

/** When the newest value of a window was sampled, in unix seconds. */
export function lastSeconds({ samples, hi }: Window): number {
  return at(samples.ms, hi - 1) / 1000
}

/** `avg_over_time` and the like. */
export function summary(by: WindowFunction): Reduce {
  const { start, add } = FOLDS[by]
  return ({ samples: { values }, lo, hi }) => {
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
function grownWithin({ samples: { values }, lo, hi }: Window): number {
  let before = at(values, lo)
  let grown = at(values, hi - 1) - before
  for (let i = lo + 1; i < hi; i++) {
    const value = at(values, i)
    if (value < before) grown += before
    before = value
  }
  return grown
}

/** How many times longer than the sampled time is the time that the growth stands for. */
function extrapolation(window: Window, grown: number, { windowMs, edges }: Sliding): number {
  const { samples, lo, hi, endMs } = window
  const firstMs = at(samples.ms, lo)
  const lastMs = at(samples.ms, hi - 1)
  const sampled = (lastMs - firstMs) / 1000
  const between = sampled / (hi - lo - 1)
  const toStart = (firstMs - (endMs - windowMs)) / 1000
  const toZero = secondsSinceZero(at(samples.values, lo), grown, sampled)
  const back =
    edges === 'closed'
      ? // Up to 2.51 Prometheus looked at zero first (prometheus/prometheus#13725).
        reach(shorter(toZero, toStart), between)
      : shorter(toZero, reach(toStart, between))
  return (sampled + back + reach((endMs - lastMs) / 1000, between)) / sampled
}

/** An edge about one sample away is reached; a farther one means that the series begins or ends in between. */
function reach(distance: number, between: number): number {
  return distance < between * 1.1 ? distance : between / 2
}

/** A counter was never below zero, so its line is not drawn back beyond the time at which it was zero. */
function secondsSinceZero(first: number, grown: number, sampled: number): number {
  return grown > 0 && first >= 0 ? sampled * (first / grown) : Infinity
}

/** The limit where it is less. It may be NaN, which limits nothing. */
function shorter(limit: number, distance: number): number {
  return limit < distance ? limit : distance
}
