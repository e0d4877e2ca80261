import type { FeatureRow } from './binning.ts'

/**
 * A decision tree as lists, so that it can be kept as JSON. A node with a feature goes left where the value is at most
 * its threshold or not known, and right otherwise; one without (−1) is a leaf.
 */
export interface Tree {
  readonly feature: readonly number[]
  /** Null sends left only what is not known. */
  readonly threshold: readonly (number | null)[]
  readonly left: readonly number[]
  readonly right: readonly number[]
  /** What the leaves say, by node; empty for nodes that are none. */
  readonly leaf: readonly (readonly number[])[]
}

const NOTHING: readonly number[] = []

/** What the leaf says that a row comes to. */
export function leafOf(tree: Tree, row: FeatureRow): readonly number[] {
  let node = 0
  let feature = tree.feature[node] ?? -1
  while (feature >= 0) {
    node = (isLeft(tree.threshold[node] ?? null, row[feature]) ? tree.left : tree.right)[node] ?? 0
    feature = tree.feature[node] ?? -1
  }
  return tree.leaf[node] ?? NOTHING
}

const isLeft = (threshold: number | null, value = Number.NaN): boolean =>
  Number.isNaN(value) || (threshold !== null && value <= threshold)
