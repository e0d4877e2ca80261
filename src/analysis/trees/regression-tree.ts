import type { Binned } from './binning.ts'
import type { Tree } from './tree.ts'

export interface RegressionOptions {
  readonly deepest: number
  /** No leaf is of fewer rows. */
  readonly leastInLeaf: number
  /** Keeps small leaves near zero. */
  readonly penalty: number
}

interface Node {
  readonly id: number
  readonly depth: number
  readonly from: number
  readonly to: number
  readonly sum: number
}

interface Split {
  readonly feature: number
  readonly bin: number
  readonly gain: number
  readonly sum: number
}

interface DraftNode {
  readonly feature: number
  readonly threshold: number | null
  readonly left: number
  readonly right: number
  readonly leaf: readonly number[]
}

/** A tree that is being built. */
interface Growth {
  readonly data: Binned
  readonly targets: Float64Array
  /** The rows, those of one node beside one another. */
  readonly rows: Uint32Array
  readonly options: RegressionOptions
  readonly nodes: DraftNode[]
}

/** Grows a tree whose leaves hold one number: splits are those that lower the squared error the most. */
export function growRegressionTree(
  data: Binned,
  targets: Float64Array,
  options: RegressionOptions,
): Tree {
  const rows = Uint32Array.from(targets, (_, row) => row)
  const growth: Growth = { data, targets, rows, options, nodes: [] }
  const sum = targets.reduce((all, value) => all + value, 0)
  const waiting = [addNode(growth, { depth: 0, from: 0, to: rows.length, sum })]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const split = node.depth < options.deepest ? bestSplit(growth, node) : null
    if (split !== null) waiting.push(...parted(growth, node, split))
  }
  return treeOf(growth)
}

function addNode({ nodes, options }: Growth, node: Omit<Node, 'id'>): Node {
  const value = node.sum / (node.to - node.from + options.penalty)
  nodes.push({ feature: -1, threshold: null, left: 0, right: 0, leaf: [value] })
  return { ...node, id: nodes.length - 1 }
}

function bestSplit(growth: Growth, node: Node): Split | null {
  const { options, data } = growth
  if (node.to - node.from < 2 * options.leastInLeaf) return null
  let best: Split | null = null
  for (const feature of data.columns.keys()) {
    const split = bestSplitBy(growth, node, feature)
    if (split !== null && split.gain > (best?.gain ?? 1e-12)) best = split
  }
  return best
}

function bestSplitBy(growth: Growth, node: Node, feature: number): Split | null {
  const { data, options } = growth
  const bins = binsOf(data, feature)
  const { sums, counts } = histogramOf(growth, node, { feature, bins })
  const whole = node.to - node.from
  const worth = (sum: number, count: number): number => (sum * sum) / (count + options.penalty)
  const before = worth(node.sum, whole)
  let best: Split | null = null
  let sum = 0
  let count = 0
  for (const [bin, own] of sums.subarray(0, bins - 1).entries()) {
    sum += own
    count += counts[bin] ?? 0
    if (Math.min(count, whole - count) < options.leastInLeaf) continue
    const gain = worth(sum, count) + worth(node.sum - sum, whole - count) - before
    if (gain > (best?.gain ?? 0)) best = { feature, bin, gain, sum }
  }
  return best
}

/** Bin 0 is for what is not known. */
const binsOf = ({ thresholds }: Binned, feature: number): number =>
  (thresholds[feature]?.length ?? 0) + 2

function histogramOf(
  { data, targets, rows }: Growth,
  { from, to }: Node,
  { feature, bins }: { readonly feature: number; readonly bins: number },
) {
  const sums = new Float64Array(bins)
  const counts = new Uint32Array(bins)
  const column = data.columns[feature] ?? new Uint8Array()
  for (let at = from; at < to; at += 1) {
    const row = rows[at] ?? 0
    const bin = column[row] ?? 0
    sums[bin] = (sums[bin] ?? 0) + (targets[row] ?? 0)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { sums, counts }
}

/** Puts the rows of a node left and right; the children that come of it. */
function parted(growth: Growth, node: Node, split: Split): readonly Node[] {
  const { data, rows, nodes } = growth
  const column = data.columns[split.feature] ?? new Uint8Array()
  const own = rows.slice(node.from, node.to)
  const goesLeft = (row: number): boolean => (column[row] ?? 0) <= split.bin
  const ofLeft = own.filter(goesLeft)
  const middle = node.from + ofLeft.length
  rows.set(ofLeft, node.from)
  rows.set(
    own.filter((row) => !goesLeft(row)),
    middle,
  )
  const depth = node.depth + 1
  const left = addNode(growth, { depth, from: node.from, to: middle, sum: split.sum })
  const right = addNode(growth, { depth, from: middle, to: node.to, sum: node.sum - split.sum })
  nodes[node.id] = { ...branchOf(data, split), left: left.id, right: right.id, leaf: [] }
  return [left, right]
}

function branchOf({ thresholds }: Binned, { feature, bin }: Split) {
  const threshold = bin === 0 ? null : (thresholds[feature]?.[bin - 1] ?? null)
  return { feature, threshold }
}

function treeOf({ nodes }: Growth): Tree {
  return {
    feature: nodes.map(({ feature }) => feature),
    threshold: nodes.map(({ threshold }) => threshold),
    left: nodes.map(({ left }) => left),
    right: nodes.map(({ right }) => right),
    leaf: nodes.map(({ leaf }) => leaf),
  }
}
