import { binned, type FeatureRow } from './binning.ts'
import { growTree, type GrowOptions } from './grow.ts'
import { createRandom, wholeBelow } from './random.ts'
import { leafOf, type Tree } from './tree.ts'

/** A random forest: each tree says how likely each class is, and the forest says what they say on average. */
export interface Forest {
  readonly class_count: number
  readonly trees: readonly Tree[]
}

export interface ForestOptions extends GrowOptions {
  readonly trees: number
  readonly seed: number
}

/** Rows with the class of each, from 0 on. Classes count alike, however many rows they have. */
export interface LabelledRows {
  readonly rows: readonly FeatureRow[]
  readonly classes: readonly number[]
  readonly classCount: number
}

/** What the measurements of `docs/decisions/0042-types-of-workloads.md` were made with. */
export const FOREST_OPTIONS = {
  trees: 100,
  deepest: 14,
  leastInLeaf: 2,
  featuresTried: 5,
  seed: 1,
} as const satisfies ForestOptions

/** Grows a forest, each tree on a sample of the rows (L. Breiman, Random Forests, 2001). Equal seeds give equal forests. */
export function growForest(
  { rows, classes, classCount }: LabelledRows,
  options: ForestOptions = FOREST_OPTIONS,
): Forest {
  const data = binned(rows)
  const random = createRandom(options.seed)
  const growing = {
    ...options,
    data,
    classes: Uint8Array.from(classes),
    classCount,
    weights: balanced(classes, classCount),
    random,
  }
  const trees = Array.from({ length: options.trees }, () => {
    const sample = Uint32Array.from(rows, () => wholeBelow(random, rows.length))
    return growTree(growing, sample)
  })
  return { class_count: classCount, trees }
}

function balanced(classes: readonly number[], classCount: number): Float64Array {
  const counts = new Float64Array(classCount)
  for (const own of classes) counts[own] = (counts[own] ?? 0) + 1
  return Float64Array.from(classes, (own) => classes.length / (classCount * (counts[own] ?? 1)))
}

/** How likely each class is, by the mean of all trees. */
export function likelihoods(
  { trees, class_count: count }: Forest,
  row: FeatureRow,
): readonly number[] {
  const sums = Array.from({ length: count }, () => 0)
  for (const tree of trees)
    for (const [index, share] of leafOf(tree, row).entries())
      sums[index] = (sums[index] ?? 0) + share / trees.length
  return sums
}
