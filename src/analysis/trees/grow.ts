import type { Binned } from './binning.ts'
import { wholeBelow } from './random.ts'
import type { Tree } from './tree.ts'

/** How a tree of a forest is grown. */
export interface GrowOptions {
  readonly deepest: number
  /** No leaf is of fewer rows. */
  readonly leastInLeaf: number
  /** How many features each split chooses among. */
  readonly featuresTried: number
}

/** What a tree is grown on: rows in bins, each with its class and its weight (0 leaves it out). */
export interface Growing extends GrowOptions {
  readonly data: Binned
  readonly classes: Uint8Array
  readonly classCount: number
  readonly weights: Float64Array
  readonly random: () => number
}

interface Draft {
  readonly feature: number[]
  readonly threshold: (number | null)[]
  readonly left: number[]
  readonly right: number[]
  readonly leaf: (readonly number[])[]
}

interface Branch {
  readonly node: number
  readonly rows: Uint32Array
  readonly depth: number
}

/** A tree whose leaves give the share of each class. Splits are those that lower the Gini impurity the most. */
export function growTree(growing: Growing, rows: Uint32Array): Tree {
  const draft: Draft = { feature: [], threshold: [], left: [], right: [], leaf: [] }
  const open: Branch[] = [{ node: addNode(draft), rows, depth: 0 }]
  for (let branch = open.pop(); branch !== undefined; branch = open.pop())
    open.push(...growBranch(draft, branch, growing))
  return draft
}

function addNode({ feature, threshold, left, right, leaf }: Draft): number {
  feature.push(-1)
  threshold.push(null)
  left.push(0)
  right.push(0)
  return leaf.push([]) - 1
}

function growBranch(draft: Draft, branch: Branch, growing: Growing): readonly Branch[] {
  const { node, rows, depth } = branch
  const totals = totalsOf(rows, growing)
  const split = depth < growing.deepest ? bestSplit(rows, totals, growing) : null
  if (split === null) {
    draft.leaf[node] = sharesOf(totals)
    return []
  }
  const { feature, bin } = split
  const column = growing.data.columns[feature] ?? new Uint8Array()
  const isLeft = (row: number): boolean => (column[row] ?? 0) <= bin
  draft.feature[node] = feature
  draft.threshold[node] = bin === 0 ? null : (growing.data.thresholds[feature]?.[bin - 1] ?? null)
  const left = addNode(draft)
  const right = addNode(draft)
  draft.left[node] = left
  draft.right[node] = right
  return [
    { node: left, rows: rows.filter(isLeft), depth: depth + 1 },
    { node: right, rows: rows.filter((row) => !isLeft(row)), depth: depth + 1 },
  ]
}

function totalsOf(rows: Uint32Array, { classes, weights, classCount }: Growing): Float64Array {
  const totals = new Float64Array(classCount)
  for (const row of rows) {
    const own = classes[row] ?? 0
    add(totals, own, weights[row] ?? 0)
  }
  return totals
}

function sharesOf(totals: Float64Array): readonly number[] {
  const sum = totals.reduce((a, b) => a + b, 0)
  return [...totals].map((total) => (sum > 0 ? total / sum : 1 / totals.length))
}

interface Split {
  readonly feature: number
  /** Rows up to this bin go left. */
  readonly bin: number
  readonly score: number
}

function bestSplit(rows: Uint32Array, totals: Float64Array, growing: Growing): Split | null {
  const isPure = totals.filter((total) => total > 0).length < 2
  if (isPure || rows.length < 2 * growing.leastInLeaf) return null
  let best: Split | null = null
  for (const feature of someFeatures(growing)) {
    const found = splitOf(feature, { rows, totals, growing })
    if (found !== null && found.score > (best?.score ?? purity(totals) + 1e-9)) best = found
  }
  return best
}

function someFeatures({ data, featuresTried, random }: Growing): readonly number[] {
  const all = data.columns.map((_, feature) => feature)
  for (let index = 0; index < Math.min(featuresTried, all.length); index += 1) {
    const other = index + wholeBelow(random, all.length - index)
    const [a = 0, b = 0] = [all[index], all[other]]
    all[index] = b
    all[other] = a
  }
  return all.slice(0, featuresTried)
}

/** Higher for groups of fewer classes: the sum of squares over the sum. */
function purity(totals: Float64Array): number {
  let sum = 0
  let squares = 0
  for (const total of totals) {
    sum += total
    squares += total * total
  }
  return sum > 0 ? squares / sum : 0
}

interface Candidates {
  readonly rows: Uint32Array
  readonly totals: Float64Array
  readonly growing: Growing
}

function splitOf(feature: number, candidates: Candidates): Split | null {
  const { totals, rows, growing } = candidates
  const { counts, weights, bins } = histogramOf(feature, candidates)
  const left = new Float64Array(totals.length)
  const right = Float64Array.from(totals)
  let best: Split | null = null
  let count = 0
  for (let bin = 0; bin < bins - 1; bin += 1) {
    count += counts[bin] ?? 0
    move(weights.subarray(bin * totals.length, (bin + 1) * totals.length), left, right)
    if (Math.min(count, rows.length - count) < growing.leastInLeaf) continue
    const score = purity(left) + purity(right)
    if (score > (best?.score ?? 0)) best = { feature, bin, score }
  }
  return best
}

function move(weights: Float64Array, left: Float64Array, right: Float64Array): void {
  for (const [index, weight] of weights.entries()) {
    left[index] = (left[index] ?? 0) + weight
    right[index] = Math.max(0, (right[index] ?? 0) - weight)
  }
}

function histogramOf(feature: number, { rows, totals, growing }: Candidates) {
  const bins = (growing.data.thresholds[feature]?.length ?? 0) + 2
  const column = growing.data.columns[feature] ?? new Uint8Array()
  const counts = new Uint32Array(bins)
  const weights = new Float64Array(bins * totals.length)
  for (const row of rows) {
    const bin = column[row] ?? 0
    add(counts, bin, 1)
    add(weights, bin * totals.length + (growing.classes[row] ?? 0), growing.weights[row] ?? 0)
  }
  return { counts, weights, bins }
}

function add(sums: Float64Array | Uint32Array, place: number, more: number): void {
  sums[place] = (sums[place] ?? 0) + more
}
