import { numberOf } from '../../analysis/cost/decimal.ts'
import type { PriceBook } from '../../analysis/cost/price-book.ts'
import type { Prices } from '../../services/costs/index.ts'
import type { PredictBody } from './predict-body.ts'

/** What the named nodes or GPUs cost by the price book; null when none are named. */
export type NodesBooked =
  | { readonly book: string; readonly cost: number; readonly includesEnergy: boolean }
  | { readonly book: string | null; readonly reason: string }
  | null

/** Prices the nodes or GPUs of a prediction. */
export function nodesBooked(
  prices: Prices,
  clusters: readonly string[],
  body: PredictBody,
): NodesBooked {
  if (body.node_class === undefined && body.gpu_model === undefined) return null
  const books = [...new Set(clusters.map((cluster) => prices.bookOf(cluster)))]
  const [book = null] = books
  if (book === null || books.length > 1) return { book: null, reason: reasonFor(books) }
  const priced = prices.booked(book, wantedBy(body))
  if ('reason' in priced) return { book: book.name, reason: priced.reason }
  return { book: book.name, cost: numberOf(priced.cost), includesEnergy: book.includesEnergy }
}

const wantedBy = (body: PredictBody) => ({
  nodeClass: body.node_class ?? null,
  nodes: body.node_count,
  gpuModel: body.gpu_model ?? null,
  gpus: body.resources.gpu_count,
  isSpot: body.spot_instance,
})

const reasonFor = (books: readonly (PriceBook | null)[]): string =>
  books.length > 1
    ? 'nodes have other prices in each cluster: name one'
    : 'no price book has prices of nodes here: NODE_PRICE_FILE names one'

interface Energy {
  readonly known: boolean
  readonly reason: string | null
  readonly predicted_cost: number | null
  readonly currency: string | null
  readonly cost_model: string | null
  readonly interval: {
    readonly level: number
    readonly lower: number
    readonly upper: number
  } | null
}

/** A prediction of energy with what nodes cost: only that where their price holds the electricity. */
export function withNodes<Predicted extends Energy>(
  energy: Predicted,
  nodes: NodesBooked,
  { currency, model }: Prices,
) {
  if (nodes === null) return { ...energy, infrastructure_cost: null, price_book: null }
  const { book } = nodes
  if ('reason' in nodes)
    return {
      ...energy,
      known: false,
      reason: nodes.reason,
      predicted_cost: null,
      interval: null,
      infrastructure_cost: null,
      price_book: book,
    }
  const { cost, includesEnergy } = nodes
  const told = { ...energy, infrastructure_cost: cost, price_book: book }
  if (includesEnergy) {
    const interval = { level: 1, lower: cost, upper: cost }
    const named = { currency, cost_model: model }
    return { ...told, ...named, known: true, reason: null, predicted_cost: cost, interval }
  }
  const { predicted_cost: own, interval } = energy
  return {
    ...told,
    predicted_cost: own === null ? null : own + cost,
    interval:
      interval === null
        ? null
        : { ...interval, lower: interval.lower + cost, upper: interval.upper + cost },
  }
}
