import { solvePositive } from './cholesky.ts'
import type { Fitted, Member } from './members.ts'

interface RidgeOptions {
  readonly horizon: number
  /** How many values before and with the origin are looked at. */
  readonly lags: number
}

/** The penalties that are tried, by the number of windows; the values are standardised. */
const PENALTIES = [0.001, 0.01, 0.1, 1, 10]
const VALIDATION_SHARE = 0.2
/** Fewer windows than this leave nothing to choose a penalty by. */
const LEAST_WINDOWS = 48

/**
 * A linear forecast: each step's difference from the last value, out of the differences of the lags from it. The
 * penalty is the one that did best on the last fifth of the training; then all of it is fitted.
 */
export function ridge({ horizon, lags }: RidgeOptions): Member {
  return {
    name: 'ridge',
    fit(values, end) {
      const windows = end - lags - horizon + 1
      if (windows < LEAST_WINDOWS) return null
      const scale = deviationOf(values, end)
      if (scale === 0) return null
      const size = { lags, horizon, scale }
      const kept = Math.floor(windows * (1 - VALIDATION_SHARE))
      // Windows that overlap the validation would tell of it.
      const trial = sumsOf(values, { from: 0, to: Math.max(1, kept - horizon) }, size)
      const judged = { from: kept, to: windows }
      const penalty = bestPenalty(trial, values, { size, judged })
      const all = addSums(trial, sumsOf(values, { from: trial.windows, to: windows }, size))
      const weights = solve(all, penalty, size)
      return weights === null ? null : fittedRidge(weights, { lags, horizon })
    },
  }
}

/** A linear forecast with one penalty and no choice, for a comparison with published figures. */
export function ridgeWithPenalty(
  values: Float64Array,
  end: number,
  { horizon, lags, penalty }: RidgeOptions & { readonly penalty: number },
): Fitted | null {
  const size = { lags, horizon, scale: deviationOf(values, end) }
  const sums = sumsOf(values, { from: 0, to: end - lags - horizon + 1 }, size)
  const weights = solve(sums, penalty, size)
  return weights === null ? null : fittedRidge(weights, size)
}

/** The forecast of fitted weights, `lags - 1` rows of one number a step: the last value itself has no difference. */
export function fittedRidge(weights: Float64Array, { lags, horizon }: RidgeOptions): Fitted {
  return {
    predict(values, origin) {
      if (origin + 1 < lags) return null
      const last = values[origin] ?? 0
      const next = new Float64Array(horizon).fill(last)
      for (let lag = 1; lag < lags; lag += 1) {
        const difference = (values[origin - lag] ?? 0) - last
        const row = (lag - 1) * horizon
        for (let step = 0; step < horizon; step += 1)
          next[step] = (next[step] ?? 0) + difference * (weights[row + step] ?? 0)
      }
      return next
    },
  }
}

interface Size extends RidgeOptions {
  readonly scale: number
}

interface Windows {
  readonly from: number
  readonly to: number
}

/** The sums of products that the normal equations are made of. */
interface Sums {
  readonly inner: Float64Array
  readonly outer: Float64Array
  readonly windows: number
}

function sumsOf(values: Float64Array, { from, to }: Windows, { lags, horizon, scale }: Size): Sums {
  const width = lags - 1
  const inner = new Float64Array(width * width)
  const outer = new Float64Array(width * horizon)
  const x = new Float64Array(width)
  const y = new Float64Array(horizon)
  for (let window = from; window < to; window += 1) {
    const origin = window + lags - 1
    const last = values[origin] ?? 0
    for (let lag = 0; lag < width; lag += 1)
      x[lag] = ((values[origin - lag - 1] ?? 0) - last) / scale
    for (let step = 0; step < horizon; step += 1)
      y[step] = ((values[origin + 1 + step] ?? 0) - last) / scale
    addProducts(inner, x, { other: x, isLower: true })
    addProducts(outer, x, { other: y, isLower: false })
  }
  return { inner, outer, windows: Math.max(0, to - from) }
}

/** Adds `x · otherᵀ`, or its lower half. */
function addProducts(
  sums: Float64Array,
  x: Float64Array,
  { other, isLower }: { readonly other: Float64Array; readonly isLower: boolean },
): void {
  const width = other.length
  for (let row = 0; row < x.length; row += 1) {
    const factor = x[row] ?? 0
    if (factor === 0) continue
    const end = isLower ? row + 1 : width
    for (let column = 0; column < end; column += 1) {
      const at = row * width + column
      sums[at] = (sums[at] ?? 0) + factor * (other[column] ?? 0)
    }
  }
}

function addSums(a: Sums, b: Sums): Sums {
  return {
    inner: a.inner.map((value, at) => value + (b.inner[at] ?? 0)),
    outer: a.outer.map((value, at) => value + (b.outer[at] ?? 0)),
    windows: a.windows + b.windows,
  }
}

function solve({ inner, outer, windows }: Sums, penalty: number, size: Size): Float64Array | null {
  const width = size.lags - 1
  const penalised = Float64Array.from(inner)
  for (let at = 0; at < width; at += 1)
    penalised[at * width + at] = (penalised[at * width + at] ?? 0) + penalty * windows
  return solvePositive(penalised, outer, { size: width, columns: size.horizon })
}

function bestPenalty(
  trial: Sums,
  values: Float64Array,
  { size, judged }: { readonly size: Size; readonly judged: Windows },
): number {
  let best = { penalty: 1, error: Number.POSITIVE_INFINITY }
  for (const penalty of PENALTIES) {
    const weights = solve(trial, penalty, size)
    if (weights === null) continue
    const error = errorOf(fittedRidge(weights, size), values, { size, judged })
    if (error < best.error) best = { penalty, error }
  }
  return best.penalty
}

function errorOf(
  fitted: Fitted,
  values: Float64Array,
  { size, judged }: { readonly size: Size; readonly judged: Windows },
): number {
  const stride = Math.max(1, Math.floor((judged.to - judged.from) / 400))
  let sum = 0
  for (let window = judged.from; window < judged.to; window += stride) {
    const origin = window + size.lags - 1
    const next = fitted.predict(values, origin)
    for (let step = 0; step < size.horizon; step += 1)
      sum += ((next?.[step] ?? 0) - (values[origin + 1 + step] ?? 0)) ** 2
  }
  return sum
}

function deviationOf(values: Float64Array, end: number): number {
  const known = values.subarray(0, end)
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, known.length))
}
