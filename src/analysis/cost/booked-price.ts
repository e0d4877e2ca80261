import { decimalOf, divided, times, type Decimal } from './decimal.ts'
import { gpuPriceOn, hourly, priceOn, type NodeClass, type PriceBook } from './price-book.ts'
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
export type Booked = { readonly cost: Decimal } | { readonly reason: string }

/** What nodes or GPUs cost over a time in unix seconds, exactly: each price for as long as it is in force. */
export function bookedPrice(book: PriceBook, wanted: Wanted, span: Span): Booked {
  if (isStrange(book, wanted))
    return { reason: `the price book ${book.name} has no class ${wanted.nodeClass ?? ''}` }
  const count = decimalOf(wanted.nodeClass === null ? wanted.gpus : wanted.nodes)
  let cost = 0n
  for (const { date, seconds } of stretchesOf(book, span)) {
    const price = priceAt(book, wanted, date)
    if (price === null) return { reason: noPrice(book, wanted) }
    cost += divided(times(price, count) * BigInt(Math.round(seconds)), 3600n)
  }
  return { cost }
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

function priceAt(book: PriceBook, wanted: Wanted, date: string): Decimal | null {
  const { nodeClass, gpuModel: model, isSpot } = wanted
  if (nodeClass !== null)
    return hourly(priceOn(findClass(book, nodeClass)?.prices ?? [], date), isSpot)
  if (model === null) return null
  return gpuPriceOn(book, model, { date, isSpot }) ?? partOfNode(book, { model, isSpot }, date)
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
