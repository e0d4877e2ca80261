import type { Decimal } from './decimal.ts'

// A price book is data: what nodes cost by the hour, beside or with their energy. A GPU's price is part of its node's.

/** The parts of a cost, as they are told apart on the wire. `gpu` is all accelerators. */
export const CATEGORIES = ['compute', 'gpu', 'storage', 'network'] as const

export type Category = (typeof CATEGORIES)[number]

export type Categories = Readonly<Record<Category, Decimal>>

export const NO_CATEGORIES: Categories = { compute: 0n, gpu: 0n, storage: 0n, network: 0n }

/** Whether a name is one of those that a book means. */
export type Pattern = (name: string) => boolean

/** A price between two local dates, the second one not included. */
export interface DatedPrice {
  readonly from: string
  readonly until: string | null
  /** On demand; null where the book has only a price of spot capacity. */
  readonly perHour: Decimal | null
  readonly spotPerHour: Decimal | null
}

/** The price of a node, and which parts of it are for what, 0 to 1; the rest is for compute. */
export interface NodePrice extends DatedPrice {
  /** Null where the prices of GPU models tell it. */
  readonly gpuShare: number | null
  readonly storageShare: number
  readonly networkShare: number
}

/** Nodes of one price: whatever is given of names, instance types and models of GPUs has to match. */
export interface NodeClass {
  readonly name: string
  readonly nodes: Pattern | null
  readonly instanceTypes: Pattern | null
  readonly gpuModels: Pattern | null
  /** Nodes that are spot capacity, beside those whose labels say so. */
  readonly spotNodes: Pattern | null
  /** How many GPUs its nodes have; null for as many as are seen. */
  readonly gpuCount: number | null
  readonly prices: readonly NodePrice[]
}

/** The price of one GPU of some models. */
export interface GpuPrices {
  readonly models: Pattern
  readonly prices: readonly DatedPrice[]
}

/** One list of prices through time. */
export interface PriceBook {
  readonly name: string
  readonly currency: string
  /** The IANA zone of its dates. */
  readonly zone: string
  /** The clusters that it is for; null for all that have no other. */
  readonly clusters: readonly string[] | null
  readonly sourceUrl: string | null
  /** Whether every figure was compared with its source. */
  readonly verified: boolean
  /** Whether its prices hold the electricity of the nodes, which is then not charged beside them. */
  readonly includesEnergy: boolean
  readonly classes: readonly NodeClass[]
  readonly gpus: readonly GpuPrices[]
}

/** What a class is told by. */
export interface NodeTraits {
  readonly node: string
  readonly instanceType: string | null
  /** What its labels say of spot capacity; null where none does. */
  readonly isSpot: boolean | null
  readonly gpuModels: readonly string[]
}

/** The book of a cluster: one that names it, else the first one for all. */
export function bookOf(books: readonly PriceBook[], cluster: string): PriceBook | null {
  return (
    books.find(({ clusters }) => clusters?.includes(cluster) === true) ??
    books.find(({ clusters }) => clusters === null) ??
    null
  )
}

/** The first class that a node belongs to. */
export function classOf({ classes }: PriceBook, traits: NodeTraits): NodeClass | null {
  return classes.find((each) => belongsTo(each, traits)) ?? null
}

function belongsTo({ nodes, instanceTypes, gpuModels }: NodeClass, traits: NodeTraits): boolean {
  const { node, instanceType, gpuModels: models } = traits
  return (
    (nodes?.(node) ?? true) &&
    (instanceTypes === null || (instanceType !== null && instanceTypes(instanceType))) &&
    (gpuModels === null || models.some(gpuModels))
  )
}

/** Whether a node is spot capacity: its labels say so, or the book names it. */
export function isSpotNode(own: NodeClass | null, { node, isSpot }: NodeTraits): boolean {
  return isSpot === true || own?.spotNodes?.(node) === true
}

/** What is in force on a local date. */
export function priceOn<Price extends DatedPrice>(
  prices: readonly Price[],
  date: string,
): Price | null {
  return prices.find(({ from, until }) => from <= date && (until === null || date < until)) ?? null
}

/** The price of an hour; null where the book has none for capacity of that kind. */
export function hourly(price: DatedPrice | null, isSpot: boolean): Decimal | null {
  if (price === null) return null
  return isSpot ? price.spotPerHour : price.perHour
}

/** The price of an hour of a GPU of a model on a local date. */
export function gpuPriceOn(
  { gpus }: PriceBook,
  model: string | null,
  { date, isSpot }: { readonly date: string; readonly isSpot: boolean },
): Decimal | null {
  if (model === null) return null
  const own = gpus.find(({ models }) => models(model))
  return own === undefined ? null : hourly(priceOn(own.prices, date), isSpot)
}

/** The local dates on which prices of a book begin or end, in order. */
export function datesOf({ classes, gpus }: PriceBook): readonly string[] {
  const prices: readonly DatedPrice[] = [...classes, ...gpus].flatMap((each) => each.prices)
  const dates = prices.flatMap(({ from, until }) => (until === null ? [from] : [from, until]))
  return [...new Set(dates)].sort()
}
