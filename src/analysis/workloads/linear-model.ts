import { quantileOf } from './power-features.ts'

/** One case: what is known before, and what it came to. */
export interface Case {
  readonly features: readonly number[]
  readonly value: number
}

/** A line through cases, and how far others lie from it. */
export interface LinearModel {
  readonly cases: number
  /** The constant, then one for each feature. */
  readonly coefficients: readonly number[]
  /** Lowest and highest of each feature that it has seen. */
  readonly ranges: readonly (readonly [lowest: number, highest: number])[]
  /** How far cases that it had not seen lay from it, sorted. */
  readonly misses: readonly number[]
  /** 1 − what it leaves unexplained of such cases ÷ their variance; null where they do not vary. */
  readonly r2: number | null
}

/** Fewer cases than this teach nothing. */
const LEAST_CASES = 12
const FOLDS = 10
/** Just enough for features that say the same to have a solution (Tikhonov). */
const RIDGE = 1e-3

/** Fits a line by least squares, and judges it in folds that it has not seen; null with too few cases. */
export function fitLinear(cases: readonly Case[]): LinearModel | null {
  if (cases.length < LEAST_CASES) return null
  const lines = Array.from({ length: FOLDS }, (_, fold) =>
    solve(cases.filter((_one, index) => index % FOLDS !== fold)),
  )
  const misses = cases.map(
    ({ value, features }, index) => value - at(lines[index % FOLDS] ?? [], features),
  )
  const width = cases[0]?.features.length ?? 0
  return {
    cases: cases.length,
    coefficients: solve(cases),
    ranges: Array.from({ length: width }, (_, feature) => rangeOf(cases, feature)),
    misses: [...misses].sort((a, b) => a - b),
    r2: explained(cases, misses),
  }
}

function rangeOf(cases: readonly Case[], feature: number): readonly [number, number] {
  const values = cases.map(({ features }) => features[feature] ?? 0)
  return [Math.min(...values), Math.max(...values)]
}

function explained(cases: readonly Case[], misses: readonly number[]): number | null {
  const mean = cases.reduce((sum, { value }) => sum + value, 0) / cases.length
  const whole = cases.reduce((sum, { value }) => sum + (value - mean) ** 2, 0)
  const left = misses.reduce((sum, miss) => sum + miss ** 2, 0)
  return whole > 0 ? 1 - left / whole : null
}

const at = (coefficients: readonly number[], features: readonly number[]): number =>
  features.reduce(
    (sum, feature, index) => sum + feature * (coefficients[index + 1] ?? 0),
    coefficients[0] ?? 0,
  )

/** The normal equations, by Cholesky. */
function solve(cases: readonly Case[]): readonly number[] {
  const rows = cases.map(({ features }) => [1, ...features])
  const size = rows[0]?.length ?? 0
  const indices = Array.from({ length: size }, (_, index) => index)
  const product = (i: number, j: number): number =>
    rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), i === j && i > 0 ? RIDGE : 0)
  const lower = cholesky(indices.map((i) => indices.map((j) => product(i, j))))
  const right = indices.map((i) =>
    rows.reduce((sum, row, index) => sum + (row[i] ?? 0) * (cases[index]?.value ?? 0), 0),
  )
  return backward(lower, forward(lower, right))
}

type Matrix = readonly (readonly number[])[]

function cholesky(matrix: Matrix): Matrix {
  const lower: number[][] = []
  for (const row of matrix) {
    const own: number[] = []
    for (const other of [...lower, own]) {
      const column = own.length
      const sum = own.reduce((total, value, k) => total + value * (other[k] ?? 0), 0)
      const rest = (row[column] ?? 0) - sum
      own.push(other === own ? Math.sqrt(Math.max(rest, 1e-12)) : rest / (other[column] ?? 1))
    }
    lower.push(own)
  }
  return lower
}

function forward(lower: Matrix, right: readonly number[]): readonly number[] {
  const found: number[] = []
  for (const [i, row] of lower.entries()) {
    const sum = found.reduce((total, value, k) => total + value * (row[k] ?? 0), 0)
    found.push(((right[i] ?? 0) - sum) / (row[i] ?? 1))
  }
  return found
}

function backward(lower: Matrix, right: readonly number[]): readonly number[] {
  const found = right.map(() => 0)
  for (let i = right.length - 1; i >= 0; i -= 1) {
    const sum = found.reduce(
      (total, value, k) => (k > i ? total + value * (lower[k]?.[i] ?? 0) : total),
      0,
    )
    found[i] = ((right[i] ?? 0) - sum) / (lower[i]?.[i] ?? 1)
  }
  return found
}

/** What a line expects, and where nine of ten cases lie. Never below 0. */
export interface Expected {
  readonly value: number
  readonly lower: number
  readonly upper: number
  /** The features that lie outside of what it has seen, by their index. */
  readonly outside: readonly number[]
}

/** What a model expects of features, with an interval of 90 %. */
export function expected(model: LinearModel, features: readonly number[]): Expected {
  const value = at(model.coefficients, features)
  const outside = features.flatMap((feature, index) => {
    const [lowest, highest] = model.ranges[index] ?? [0, 0]
    return feature < lowest || feature > highest ? [index] : []
  })
  return {
    value: Math.max(0, value),
    lower: Math.max(0, value + quantileOf(model.misses, 0.05)),
    upper: Math.max(0, value + quantileOf(model.misses, 0.95)),
    outside,
  }
}
