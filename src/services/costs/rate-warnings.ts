import { NO_ENERGY, plus, type Energy, type Entry } from '../../analysis/cost/ledger.ts'
import { kwhOf } from '../../analysis/cost/models.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { ClusterCosting } from './question.ts'

interface Priced {
  readonly entries: readonly Entry[]
  readonly costings: readonly ClusterCosting[]
  readonly missing: readonly string[]
}

/** What is missing from the rates of a window, so that nobody takes a lower bound for the whole. */
export function rateWarnings({ entries, costings, missing }: Priced): readonly Warning[] {
  return [
    ...missing.map((detail): Warning => ({ code: 'rates_missing', detail })),
    ...costings.flatMap((costing) => warningsFor(costing, energyOf(entries, costing.cluster))),
  ]
}

function energyOf(entries: readonly Entry[], cluster: string) {
  return entries
    .filter((entry) => entry.cluster === cluster)
    .reduce((sum, { energy }) => plus(plus(sum, energy.compute), energy.gpu), NO_ENERGY)
}

function warningsFor(
  costing: ClusterCosting,
  energy: ReturnType<typeof energyOf>,
): readonly Warning[] {
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

function missingPrices({ pue, intensity }: ClusterCosting, energy: Energy): readonly string[] {
  const unpriced = energy.microjoules - energy.pricedMicrojoules
  return [
    ...(pue === null
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

function unverified({ cluster, tariff }: ClusterCosting): readonly Warning[] {
  return tariff?.schedules.some(({ verified }) => !verified) === true
    ? [
        {
          code: 'rates_unverified',
          cluster,
          detail: `not every figure of the tariff ${tariff.name} was compared with its source`,
        },
      ]
    : []
}
