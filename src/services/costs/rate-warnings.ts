import { chargedIn, type Energy, type Entry } from '../../analysis/cost/ledger.ts'
import { kwhOf } from '../../analysis/cost/models.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Seen } from '../fleet/index.ts'
import type { PriceGap } from '../../analysis/cost/node-charges.ts'
import type { PriceGaps } from './node-prices.ts'
import type { ClusterCosting } from './question.ts'

interface Priced {
  readonly entries: readonly Entry[]
  readonly costings: readonly ClusterCosting[]
  readonly missing: readonly string[]
  readonly gaps: PriceGaps
  /** What may be seen; null for everything. */
  readonly seen: Seen | null
}

/** What is missing from the rates of a window, so that nobody takes a lower bound for the whole. */
export function rateWarnings(priced: Priced): readonly Warning[] {
  const { entries, costings, missing, gaps, seen } = priced
  return [
    ...missing.map((detail): Warning => ({ code: 'rates_missing', detail })),
    ...costings.flatMap((costing) => [
      ...warningsFor(costing, chargedIn(entries, costing.cluster)),
      // They name nodes.
      ...(seen?.isWhole(costing.cluster) === false ? [] : gapWarnings(costing, gaps)),
    ]),
  ]
}

function warningsFor(costing: ClusterCosting, energy: Energy): readonly Warning[] {
  const facility = costing.rates.model === 'facility'
  const details = [
    ...(facility ? missingPrices(costing, energy) : []),
    ...(facility ? unseenDemand(costing) : []),
    ...missingCarbon(costing, energy),
  ]
  const { cluster } = costing
  return [
    ...details.map((detail): Warning => ({ code: 'rates_missing', cluster, detail })),
    ...unverified(costing),
  ]
}

function missingPrices({ source, intensity }: ClusterCosting, energy: Energy): readonly string[] {
  const unpriced = energy.microjoules - energy.pricedMicrojoules - energy.includedMicrojoules
  return [
    ...(source === null
      ? [
          'no PUE is measured or configured: energy and cost are those of the computers alone, a lower bound',
        ]
      : []),
    ...(unpriced > 0n ? [`${kwhOf(unpriced)} kWh have no price in the tariff`] : []),
    ...(intensity === null ? ['no carbon intensity is configured: carbon is not known'] : []),
  ]
}

const DEMAND_SECONDS = 900

/** Means of longer steps do not show the highest quarter of an hour, which is what a demand charge is made of. */
function unseenDemand({ tariff, power }: ClusterCosting): readonly string[] {
  const hasDemand = tariff?.schedules.some(({ demand }) => demand !== null) === true
  const isCoarse = power.some(({ from, until }) => until - from > DEMAND_SECONDS)
  if (!hasDemand || !isCoarse || power.length < 2) return []
  return [
    'steps of more than 15 minutes do not tell the demand of the window: its charge is that of the known peaks, or left out; step=15m tells it',
  ]
}

function missingCarbon({ intensity }: ClusterCosting, energy: Energy): readonly string[] {
  if (intensity === null) return []
  const unknown = energy.microjoules - energy.emittedMicrojoules
  const { estimatedMicrojoules: estimated } = energy
  return [
    ...(unknown > 0n
      ? [`${kwhOf(unknown)} kWh have no carbon intensity: carbon is a lower bound`]
      : []),
    ...(estimated > 0n ? [`the carbon intensity of ${kwhOf(estimated)} kWh is estimated`] : []),
  ]
}

function unverified({ cluster, tariff, book }: ClusterCosting): readonly Warning[] {
  const lists = [
    ...(tariff?.schedules.some(({ verified }) => !verified) === true
      ? [`the tariff ${tariff.name}`]
      : []),
    ...(book?.verified === false ? [`the price book ${book.name}`] : []),
  ]
  return lists.map((list) => ({
    code: 'rates_unverified',
    cluster,
    detail: `not every figure of ${list} was compared with its source`,
  }))
}

const GAPS: Readonly<Record<PriceGap, string>> = {
  no_price: 'without a price at that time, so that only their energy is charged',
  no_gpu_part:
    'whose price does not say how much of it is for accelerators (gpu_share, or prices of their models, tell it)',
  gpus_dearer_than_node: 'whose GPUs are dearer than they are, and take all of their price',
}

const MOST_NAMED = 5

/** What the book of a cluster leaves open. */
function gapWarnings({ cluster, book }: ClusterCosting, gaps: PriceGaps): readonly Warning[] {
  return [...(gaps.get(cluster) ?? [])].map(([gap, nodes]) => {
    const named = [...nodes].sort().slice(0, MOST_NAMED).join(', ')
    const more = nodes.size > MOST_NAMED ? ', …' : ''
    const detail = `by the price book ${book?.name ?? ''}, nodes ${GAPS[gap]}: ${named}${more} (${nodes.size} in all)`
    return { code: 'rates_missing', cluster, detail }
  })
}
