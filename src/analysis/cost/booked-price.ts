import { decimalOf, divided, times, total, type Decimal } from './decimal.ts'
import {
  CATEGORIES,
  gpuPriceOn,
  hourly,
  NO_CATEGORIES,
  priceOn,
  type Categories,
  type NodeClass,
  type NodePrice,
  type PriceBook,
} from './price-book.ts'
import { timelineOf } from './timeline.ts'

/** Nodes of a class, or GPUs of a model, that somebody wants to have for some time. */
export interface Wanted {
  readonly nodeClass: string | null
  readonly nodes: number
  readonly gpuModel: string | null
  readonly gpus: number
  readonly isSpot: boolean
}

interface Span {
  readonly from: number
  readonly until: number
}

/** What they cost by a book, or why it does not say. */
export type Booked =
  | {
      readonly cost: Decimal
      /** What of it is for what; null where the price of a node does not say how much of it is for its GPUs. */
      readonly parts: Categories | null
    }
  | { readonly reason: string }

/** What nodes or GPUs cost over a time in unix seconds, exactly: each price for as long as it is in force. */
export function bookedPrice(book: PriceBook, wanted: Wanted, span: Span): Booked {
  if (isStrange(book, wanted))
    return { reason: `the price book ${book.name} has no class ${wanted.nodeClass ?? ''}` }
  const count = decimalOf(wanted.nodeClass === null ? wanted.gpus : wanted.nodes)
  let cost = 0n
  let parts: Categories | null = NO_CATEGORIES
  for (const { date, seconds } of stretchesOf(book, span)) {
    const price = priceAt(book, wanted, date)
    if (price === null) return { reason: noPrice(book, wanted) }
    const over = (perHour: Decimal): Decimal =>
      divided(times(perHour, count) * BigInt(Math.round(seconds)), 3600n)
    const own = over(price.perHour)
    cost += own
    parts = plus(parts, price.ofNode === null ? { gpu: own } : partsOf(own, price.ofNode))
  }
  return { cost, parts }
}

function plus(sum: Categories | null, more: Partial<Categories> | null): Categories | null {
  if (sum === null || more === null) return null
  const parts = CATEGORIES.map((name) => [name, sum[name] + (more[name] ?? 0n)] as const)
  return Object.fromEntries(parts) as unknown as Categories
}

/** What of the cost of a node is for what; the rest is for compute, so that the parts add up to it. */
function partsOf(cost: Decimal, { own, price }: PricedNode): Categories | null {
  const gpuShare = price.gpuShare ?? (own.gpuModels === null ? 0 : null)
  if (gpuShare === null) return null
  const gpu = times(cost, decimalOf(gpuShare))
  const storage = times(cost, decimalOf(price.storageShare))
  const network = times(cost, decimalOf(price.networkShare))
  return { compute: cost - total([gpu, storage, network]), gpu, storage, network }
}

function stretchesOf(book: PriceBook, { from, until }: Span) {
  const steps = { from, stepSeconds: until - from, count: 1 }
  const { slots, steps: shares } = timelineOf(steps, {
    tariff: null,
    intensity: null,
    book,
    edges: [from],
  })
  return (shares[0] ?? []).map(({ slot, seconds }) => ({
    date: slots[slot]?.bookDate ?? '',
    seconds,
  }))
}

const findClass = ({ classes }: PriceBook, wanted: string): NodeClass | undefined =>
  classes.find(({ name }) => name === wanted)

const isStrange = (book: PriceBook, { nodeClass }: Wanted): boolean =>
  nodeClass !== null && findClass(book, nodeClass) === undefined

function noPrice({ name }: PriceBook, { nodeClass, gpuModel, isSpot }: Wanted): string {
  const what = nodeClass ?? gpuModel ?? ''
  return `the price book ${name} has no ${isSpot ? 'spot price' : 'price'} of ${what} for all of that time`
}

interface PricedNode {
  readonly own: NodeClass
  readonly price: NodePrice
}

interface PricedHour {
  readonly perHour: Decimal
  /** Null for GPUs alone. */
  readonly ofNode: PricedNode | null
}

function priceAt(book: PriceBook, wanted: Wanted, date: string): PricedHour | null {
  const { nodeClass, gpuModel: model, isSpot } = wanted
  if (nodeClass !== null) return nodePriceAt(findClass(book, nodeClass), isSpot, date)
  if (model === null) return null
  const perHour =
    gpuPriceOn(book, model, { date, isSpot }) ?? partOfNode(book, { model, isSpot }, date)
  return perHour === null ? null : { perHour, ofNode: null }
}

function nodePriceAt(own: NodeClass | undefined, isSpot: boolean, date: string): PricedHour | null {
  const price = priceOn(own?.prices ?? [], date)
  const perHour = hourly(price, isSpot)
  if (own === undefined || price === null || perHour === null) return null
  return { perHour, ofNode: { own, price } }
}

/** The part of a GPU of a model in the price of the first class that has such GPUs. */
function partOfNode(
  { classes }: PriceBook,
  { model, isSpot }: { readonly model: string; readonly isSpot: boolean },
  date: string,
): Decimal | null {
  const holding = classes.find(({ gpuModels }) => gpuModels?.(model) === true)
  if (holding === undefined) return null
  const price = priceOn(holding.prices, date)
  const perHour = hourly(price, isSpot)
  if (price === null || perHour === null) return null
  return partOf(perHour, price.gpuShare, holding.gpuCount)
}

function partOf(perHour: Decimal, share: number | null, count: number | null): Decimal | null {
  if (share === null || count === null) return null
  return divided(times(perHour, decimalOf(share)), BigInt(count))
}
