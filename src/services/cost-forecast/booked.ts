import { numberOf, type Decimal } from '../../analysis/cost/decimal.ts'
import type { Categories } from '../../analysis/cost/price-book.ts'
import type { Prices } from '../costs/index.ts'
import type { CostForecast, CostQuestion } from './question.ts'

/** The figures of a forecast that are money. */
export type Money = Pick<
  CostForecast,
  'predicted_cost' | 'cost_breakdown' | 'confidence' | 'interval'
>

/** What a price book says of the nodes or GPUs that are asked for. */
export type BookedFor =
  | {
      readonly book: string
      readonly cost: Decimal
      readonly parts: Categories | null
      readonly includesEnergy: boolean
    }
  | { readonly book: string | null; readonly reason: string }

/** Looks up what is asked for besides the energy; null where nothing is. */
export function bookedFor(
  prices: Prices,
  { nodes, resources, spot }: CostQuestion,
  cluster: string,
): BookedFor | null {
  if (nodes === null) return null
  const book = prices.bookOf(cluster)
  if (book === null)
    return { book: null, reason: `no price book has prices of nodes in ${cluster}` }
  const isClass = 'nodeClass' in nodes
  const booked = prices.booked(book, {
    nodeClass: isClass ? nodes.nodeClass : null,
    nodes: isClass ? nodes.count : 0,
    gpuModel: isClass ? null : nodes.gpuModel,
    gpus: resources.gpu_count,
    isSpot: spot,
  })
  return { book: book.name, includesEnergy: book.includesEnergy, ...booked }
}

/** A forecast of energy with what a book says: exactly that where its prices hold the electricity. */
export function withBooked<Energy extends Money>(energy: Energy, booked: BookedFor | null) {
  if (booked === null) return { ...energy, infrastructure_cost: null, price_book: null }
  const { book } = booked
  if ('reason' in booked)
    return { ...energy, ...UNKNOWN, infrastructure_cost: null, price_book: book }
  const cost = numberOf(booked.cost)
  const parts = numbersOf(booked.parts)
  const told = { ...energy, infrastructure_cost: cost, price_book: book }
  if (booked.includesEnergy)
    return {
      ...told,
      predicted_cost: cost,
      cost_breakdown: parts,
      confidence: 1,
      interval: shifted({ lower_80: 0, upper_80: 0, lower_95: 0, upper_95: 0 }, cost),
    }
  const { predicted_cost: own, cost_breakdown: ownParts, interval } = energy
  return {
    ...told,
    predicted_cost: plus(own, cost),
    cost_breakdown: {
      compute: plus(ownParts.compute, parts.compute),
      gpu: plus(ownParts.gpu, parts.gpu),
      storage: parts.storage,
      network: parts.network,
    },
    interval: shifted(interval, cost),
  }
}

const UNKNOWN: Money = {
  predicted_cost: null,
  cost_breakdown: { compute: null, gpu: null, storage: null, network: null },
  confidence: null,
  interval: { lower_80: null, upper_80: null, lower_95: null, upper_95: null },
}

function numbersOf(parts: Categories | null): Money['cost_breakdown'] {
  if (parts === null) return UNKNOWN.cost_breakdown
  const { compute, gpu, storage, network } = parts
  return {
    compute: numberOf(compute),
    gpu: numberOf(gpu),
    storage: numberOf(storage),
    network: numberOf(network),
  }
}

const plus = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a + b

function shifted(interval: Money['interval'], by: number): Money['interval'] {
  return {
    lower_80: plus(interval.lower_80, by),
    upper_80: plus(interval.upper_80, by),
    lower_95: plus(interval.lower_95, by),
    upper_95: plus(interval.upper_95, by),
  }
}
