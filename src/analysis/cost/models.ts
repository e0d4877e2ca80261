import { divided, ONE, times, type Decimal } from './decimal.ts'
import type { Energy } from './ledger.ts'

/** Microjoules of a kilowatt-hour. */
export const MICROJOULES_A_KWH = 3_600_000_000_000n

export const COST_MODELS = ['kcloud', 'facility'] as const

export type CostModel = (typeof COST_MODELS)[number]

/**
 * The published formula: electricity = W × h ÷ 1000 × ELECTRICITY_RATE; cooling = electricity × COOLING_FACTOR;
 * carbon = W × h ÷ 1000 × CARBON_RATE. Cooling comes on top of electricity, and carbon is priced by the kWh.
 */
export interface KcloudRates {
  readonly model: 'kcloud'
  /** For a kWh. */
  readonly electricity: Decimal
  readonly coolingFactor: Decimal
  /** As the formula uses it: for a kWh. */
  readonly carbon: Decimal
}

/**
 * The physical model: the facility draws PUE times what its computers do, the tariff prices each of its kWh, and its
 * carbon is mass (kWh × kg/kWh) × price of a kg.
 */
export interface FacilityRates {
  readonly model: 'facility'
  /** Null where neither a meter nor the configuration knows it: computers alone are then a lower bound. */
  readonly pue: Decimal | null
  /** For a kg; null when carbon has no price. */
  readonly carbonPrice: Decimal | null
}

export type ModelRates = KcloudRates | FacilityRates

/** The terms that a cost is the sum of. Zero for those that its model does not have. */
export const TERMS = ['electricity', 'cooling', 'carbon', 'demand', 'infrastructure'] as const

export type Term = (typeof TERMS)[number]

export type Terms = Readonly<Record<Term, Decimal>>

export const NO_COST: Terms = {
  electricity: 0n,
  cooling: 0n,
  carbon: 0n,
  demand: 0n,
  infrastructure: 0n,
}

/** The terms of some energy. */
export function termsOf(energy: Energy, rates: ModelRates): Terms {
  return rates.model === 'kcloud' ? kcloudTerms(energy, rates) : facilityTerms(energy, rates)
}

function kcloudTerms(
  { microjoules, includedMicrojoules: included }: Energy,
  { electricity, coolingFactor, carbon }: KcloudRates,
): Terms {
  const own = forKwh((microjoules - included) * electricity)
  return {
    ...NO_COST,
    electricity: own,
    cooling: times(own, coolingFactor),
    carbon: forKwh(microjoules * carbon),
  }
}

function facilityTerms(energy: Energy, { pue, carbonPrice }: FacilityRates): Terms {
  const factor = pue ?? ONE
  const electricity = times(forKwh(energy.priced), factor)
  const carbon = times(carbonMass(energy, pue), carbonPrice ?? 0n)
  return { ...NO_COST, electricity, carbon }
}

/** kg CO₂ of the facility for some energy of its computers; without a PUE of the computers alone. */
export function carbonMass({ emitted }: Energy, pue: Decimal | null): Decimal {
  return times(forKwh(emitted), pue ?? ONE)
}

/** A price for a kWh × microjoules, in units of the price. */
const forKwh = (product: bigint): Decimal => divided(product, MICROJOULES_A_KWH)

/** Terms together. */
export function addTerms(a: Terms, b: Terms): Terms {
  return {
    electricity: a.electricity + b.electricity,
    cooling: a.cooling + b.cooling,
    carbon: a.carbon + b.carbon,
    demand: a.demand + b.demand,
    infrastructure: a.infrastructure + b.infrastructure,
  }
}

/** Kilowatt-hours as a number. */
export const kwhOf = (microjoules: bigint): number =>
  Number(microjoules) / Number(MICROJOULES_A_KWH)
