import { numberOf, total, type Decimal } from './decimal.ts'
import type { Charge, Portion } from './node-ledger.ts'
import { remainderOf, type Holder } from './node-shares.ts'
import {
  classOf,
  gpuPriceOn,
  hourly,
  isSpotNode,
  priceOn,
  type NodeClass,
  type NodePrice,
  type NodeTraits,
  type PriceBook,
} from './price-book.ts'

/** One board of a node, with who holds it. */
export interface HeldBoard {
  readonly key: string
  readonly model: string | null
  readonly holders: readonly Holder[]
}

/** A node at a moment, with who holds it and its boards. */
export interface HeldNode extends NodeTraits {
  readonly cluster: string
  /** The part of the time in which it was there, 0 to 1. */
  readonly part: number
  readonly holders: readonly Holder[]
  readonly boards: readonly HeldBoard[]
}

/** What a book leaves open about a node. */
export type PriceGap = 'no_price' | 'no_gpu_part' | 'gpus_dearer_than_node'

export interface NodeCharges {
  readonly charges: readonly Charge[]
  readonly gaps: readonly PriceGap[]
}

interface Pricing {
  readonly book: PriceBook
  readonly date: string
  readonly isSpot: boolean
}

/**
 * What a node is charged by a book on a local date: the price of its class, of which its GPUs are a part; without a class
 * the prices of its GPUs. What holds nothing of it pays nothing.
 */
export function nodeCharges(book: PriceBook, node: HeldNode, date: string): NodeCharges {
  const own = classOf(book, node)
  const pricing = { book, date, isSpot: isSpotNode(own, node) }
  return own === null ? boardCharges(node, pricing) : classCharges(node, own, pricing)
}

function boardCharges(node: HeldNode, { book, date, isSpot }: Pricing): NodeCharges {
  const priced = node.boards.map((board) => ({
    board,
    perHour: gpuPriceOn(book, board.model, { date, isSpot }),
  }))
  const charges = priced.flatMap(({ board, perHour }): readonly Charge[] =>
    perHour === null
      ? []
      : [
          {
            key: `board ${board.key}`,
            perHour,
            isSpot,
            part: node.part,
            portions: boardPortions(board, 1),
          },
        ],
  )
  const isWhole = charges.length > 0 && charges.length === node.boards.length
  return { charges, gaps: isWhole ? [] : ['no_price'] }
}

function classCharges(node: HeldNode, own: NodeClass, pricing: Pricing): NodeCharges {
  const price = priceOn(own.prices, pricing.date)
  const perHour = hourly(price, pricing.isSpot)
  if (price === null || perHour === null) return { charges: [], gaps: ['no_price'] }
  const weights = boardWeights(node, { price, perHour, pricing, count: own.gpuCount })
  const gpu = weights.boards.reduce((sum, each) => sum + each, 0) + weights.missing
  const { storageShare: storage, networkShare: network } = price
  const compute = Math.max(0, 1 - gpu - storage - network)
  const portions = [
    ...node.boards.flatMap((board, index) => boardPortions(board, weights.boards[index] ?? 0)),
    ...missingPortions(node, weights.missing),
    ...heldPortions(node, { compute, storage, network }),
  ]
  const key = `node ${node.node}`
  const charge = { key, perHour, isSpot: pricing.isSpot, part: node.part, portions }
  return { charges: [charge], gaps: weights.gaps }
}

interface ClassPrice {
  readonly price: NodePrice
  readonly perHour: Decimal
  readonly pricing: Pricing
  readonly count: number | null
}

interface Weights {
  /** The part of the node's price that each of its boards is. */
  readonly boards: readonly number[]
  /** The part of boards that the node should have and that nobody reports. */
  readonly missing: number
  readonly gaps: readonly PriceGap[]
}

function boardWeights(node: HeldNode, own: ClassPrice): Weights {
  const { price, perHour, pricing } = own
  const prices = node.boards.map(({ model }) => gpuPriceOn(pricing.book, model, pricing))
  if (price.gpuShare !== null) return sharedWeights(prices, price.gpuShare, own.count)
  const sum = total(prices.map((each) => each ?? 0n))
  const most = sum > perHour ? sum : perHour
  const boards = prices.map((each) => (most === 0n ? 0 : numberOf(each ?? 0n) / numberOf(most)))
  const gaps: readonly PriceGap[] = [
    ...(prices.includes(null) ? (['no_gpu_part'] as const) : []),
    ...(sum > perHour ? (['gpus_dearer_than_node'] as const) : []),
  ]
  return { boards, missing: 0, gaps }
}

/** The GPUs' part of a node: by the prices of their models where all have one, else in equal parts. */
function sharedWeights(
  prices: readonly (Decimal | null)[],
  share: number,
  count: number | null,
): Weights {
  const known = prices.map((each) => (each === null ? 0 : numberOf(each)))
  const isKnown = !prices.includes(null) && known.some((each) => each > 0)
  const sizes = isKnown ? known : known.map(() => 1)
  const own = sizes.reduce((sum, each) => sum + each, 0)
  const expected = Math.max(count ?? 0, prices.length)
  if (expected === 0) return { boards: [], missing: share, gaps: [] }
  const reported = (share * prices.length) / expected
  return {
    boards: sizes.map((size) => (own > 0 ? (reported * size) / own : 0)),
    missing: share - reported,
    gaps: [],
  }
}

function boardPortions({ holders }: HeldBoard, weight: number): readonly Portion[] {
  return holders.map(({ account, share, lived }) => ({
    account,
    category: 'gpu',
    weight: weight * share,
    boards: share,
    lived,
  }))
}

/** Boards that should be there: nobody can say who holds them. */
function missingPortions(node: HeldNode, weight: number): readonly Portion[] {
  if (weight <= 0) return []
  const account = remainderOf(node, 'unattributed')
  return [{ account, category: 'gpu', weight, boards: 0, lived: 1 }]
}

function heldPortions(
  { holders }: HeldNode,
  parts: Partial<Record<'compute' | 'storage' | 'network', number>>,
): readonly Portion[] {
  return Object.entries(parts).flatMap(([category, part]) =>
    holders.map(({ account, share, lived }) => ({
      account,
      // The keys of an object of ours are those of its type.
      category: category as keyof typeof parts,
      weight: part * share,
      boards: 0,
      lived,
    })),
  )
}
