import { binned, type FeatureRow } from './binning.ts'
import { growRegressionTree } from './regression-tree.ts'
import { leafOf, type Tree } from './tree.ts'

export interface BoostingOptions {
  readonly trees: number
  /** How much of each tree counts. */
  readonly rate: number
  readonly deepest: number
  readonly leastInLeaf: number
}

export const BOOSTING: BoostingOptions = { trees: 100, rate: 0.1, deepest: 6, leastInLeaf: 5 }
const BINS = 255

/** Trees that were grown one after the other, each on what the ones before it left. As JSON it is kept. */
export interface Boosted {
  readonly base: number
  readonly rate: number
  readonly trees: readonly Tree[]
}

/** Fits gradient-boosted regression trees to the squared error (J. Friedman, 2001). NaN is a value not known. */
export function fitBoosted(
  rows: readonly FeatureRow[],
  targets: readonly number[],
  options: BoostingOptions = BOOSTING,
): Boosted {
  const { trees: count, rate, deepest, leastInLeaf } = options
  const data = binned(rows, BINS)
  const base = targets.reduce((sum, value) => sum + value, 0) / Math.max(1, targets.length)
  const left = Float64Array.from(targets, (value) => value - base)
  const trees: Tree[] = []
  for (let number = 0; number < count; number += 1) {
    const tree = growRegressionTree(data, left, { deepest, leastInLeaf, penalty: 1 })
    trees.push(tree)
    for (const [row, values] of rows.entries())
      left[row] = (left[row] ?? 0) - rate * (leafOf(tree, values)[0] ?? 0)
  }
  return { base, rate, trees }
}

/** What the trees say of a row together. */
export function boostedValue({ base, rate, trees }: Boosted, row: FeatureRow): number {
  let sum = base
  for (const tree of trees) sum += rate * (leafOf(tree, row)[0] ?? 0)
  return sum
}
