import { readCostsNow } from './now.ts'
import { readPrices, type PriceReader } from './prices.ts'
import { costsAlong, readCosts } from './read.ts'
import type { CostNowQuestion, CostQuestion, CostTally, CostWindow, Needs } from './question.ts'

export { fixedIntensities } from './fixed-intensities.ts'
export { electricityMaps } from './providers/electricity-maps.ts'
export { providedIntensities } from './providers/provided-intensities.ts'
export { wattTime } from './providers/watt-time.ts'
export { costRows, groupsOf, GROUPINGS } from './grouping.ts'
export { ownerOf, type Owner } from './owners.ts'
export type { PricedUse, PriceReader, Prices } from './prices.ts'
export type * from './question.ts'

/**
 * What energy costs and emits over a window: the watts of power accounting at every step, charged to whoever uses
 * them, at the prices of their time. `costs.of({ …, workloads: false })` gives a cluster as one account, which is
 * all that a report by cluster needs; `printCosts` of `analysis/cost` makes printable figures of what it gives.
 */
export interface CostReader extends PriceReader {
  of(question: CostQuestion): Promise<CostWindow>
  /** The same of a window whose steps, all of one length, somebody else reads for other figures too. */
  along(question: CostQuestion & { readonly stepSeconds: number }): Promise<CostTally>
  /** An hour at the power and prices of now. */
  now(question: CostNowQuestion): Promise<CostWindow>
}

/** A reader of costs. */
export function createCostReader({ telemetry, ...others }: Needs): CostReader {
  const needs = { ...others, telemetry: telemetry.whole ?? telemetry }
  return {
    of: (question) => readCosts(needs, question),
    along: (question) => costsAlong(needs, question),
    now: (question) => readCostsNow(needs, question),
    prices: (question) => readPrices(needs, question),
  }
}
