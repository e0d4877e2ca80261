import { readCostsNow } from './now.ts'
import { readCosts } from './read.ts'
import { readPrices, type PriceQuestion, type Prices } from './prices.ts'
import type { CostNowQuestion, CostQuestion, CostWindow, Needs } from './question.ts'

export { fixedIntensities } from './fixed-intensities.ts'
export type { PricedUse, PriceQuestion, Prices } from './prices.ts'
export type * from './question.ts'

/**
 * What energy costs and emits over a window: the watts of power accounting at every step, charged to whoever uses
 * them, at the prices of their time. `costs.of({ …, workloads: false })` gives a cluster as one account, which is
 * all that a report by cluster needs; `printCosts` of `analysis/cost` makes printable figures of what it gives.
 */
export interface CostReader {
  of(question: CostQuestion): Promise<CostWindow>
  /** An hour at the power and prices of now. */
  now(question: CostNowQuestion): Promise<CostWindow>
  /** What holds over a time, past or to come, for energy that is known already. */
  prices(question: PriceQuestion): Promise<Prices>
}

/** A reader of costs. */
export function createCostReader(needs: Needs): CostReader {
  return {
    of: (question) => readCosts(needs, question),
    now: (question) => readCostsNow(needs, question),
    prices: (question) => readPrices(needs, question),
  }
}
