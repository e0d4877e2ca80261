import { divided, nearestMicros, numberOf, ofMicros } from '../../analysis/cost/decimal.ts'
import { chargedIn, type Energy } from '../../analysis/cost/ledger.ts'
import { meanKnown } from '../../analysis/power/sum.ts'
import type { ClusterCosting, CostWindow } from '../../services/costs/index.ts'

/** How the figures of a window were had. */
export function methodOf(window: CostWindow, at: Date) {
  const seconds = (window.end.getTime() - window.start.getTime()) / 1000
  const rates = window.costings.map((costing) => ratesOf(costing, window, seconds))
  return {
    model: window.model,
    currency: window.currency,
    idle: window.idle,
    method: 'attributed' as const,
    start: window.start,
    end: window.end,
    step_seconds: window.stepSeconds,
    coverage: meanKnown(rates.map(({ coverage }) => coverage)),
    provisional: isProvisional(window.end, at),
    rates,
  }
}

/** Scrapes and remote writes of the last minute may still be under way. */
const LATE_MILLISECONDS = 60_000

/** Whether samples up to a time may still come. */
export const isProvisional = (end: Date, at: Date): boolean =>
  end.getTime() > at.getTime() - LATE_MILLISECONDS

function ratesOf(costing: ClusterCosting, window: CostWindow, seconds: number) {
  const energy = chargedIn(window.entries, costing.cluster)
  const { intensity, nodeCoverage, coveredSeconds } = costing
  return {
    cluster: costing.cluster,
    ...pricesOf(costing, energy),
    pue: costing.pue === null ? null : numberOf(costing.pue),
    pue_source: costing.source,
    ...tariffFields(costing),
    ...bookFields(costing),
    carbon_intensity_kg_per_kwh: meanRate(energy.emitted, energy.emittedMicrojoules),
    carbon_intensity_source: intensity?.name ?? null,
    carbon_intensity_kind: intensity?.kind ?? null,
    demand: costing.demand.map(demandFields),
    coverage: nodeCoverage === null ? null : nodeCoverage * Math.min(1, coveredSeconds / seconds),
    covered_seconds: coveredSeconds,
  }
}

function pricesOf({ rates }: ClusterCosting, energy: Energy) {
  if (rates.model === 'kcloud')
    return {
      electricity_per_kwh: numberOf(rates.electricity),
      cooling_factor: numberOf(rates.coolingFactor),
      carbon_per_kwh: numberOf(rates.carbon),
      carbon_per_kg: null,
    }
  return {
    electricity_per_kwh: meanRate(energy.priced, energy.pricedMicrojoules),
    cooling_factor: null,
    carbon_per_kwh: null,
    carbon_per_kg: rates.carbonPrice === null ? null : numberOf(rates.carbonPrice),
  }
}

function tariffFields({ tariff }: ClusterCosting) {
  if (tariff === null) return { tariff: null, tariff_source_url: null, tariff_verified: null }
  const urls = tariff.schedules.flatMap(({ sourceUrl }) => sourceUrl ?? [])
  return {
    tariff: tariff.name,
    tariff_source_url: urls[0] ?? null,
    tariff_verified: tariff.schedules.every(({ verified }) => verified),
  }
}

function bookFields({ book }: ClusterCosting) {
  if (book === null)
    return {
      price_book: null,
      price_book_source_url: null,
      price_book_verified: null,
      price_book_electricity: null,
    }
  return {
    price_book: book.name,
    price_book_source_url: book.sourceUrl,
    price_book_verified: book.verified,
    price_book_electricity: book.includesEnergy ? ('included' as const) : ('extra' as const),
  }
}

function demandFields(demand: ClusterCosting['demand'][number]) {
  return {
    month: demand.month,
    billed_kilowatts: demand.billedKilowatts,
    set_in: demand.setIn,
    measured_kilowatts: demand.measuredKilowatts,
    measured_coverage: demand.measuredCoverage,
    month_share: demand.monthShare,
    cost: ofMicros(nearestMicros(demand.cost)),
  }
}

function meanRate(product: bigint, microjoules: bigint): number | null {
  return microjoules === 0n ? null : numberOf(divided(product, microjoules))
}
