import { numberOf, ofMicros, total, type Decimal } from './decimal.ts'
import { NO_ENERGY, plus, type Energy, type Part } from './ledger.ts'
import { addTerms, kwhOf, NO_COST, TERMS, type Term, type Terms } from './models.ts'
import { CATEGORIES, NO_CATEGORIES, type Categories } from './price-book.ts'
import { roundTable } from './rounding.ts'

/** What is charged, before it is printed. */
export interface Charged {
  readonly energy: Readonly<Record<Part, Energy>>
  readonly terms: Terms
  readonly categories: Categories
  readonly carbonKg: Decimal
  /** What the facility drew for it, in microjoules; null where nobody knows the PUE. */
  readonly facilityMicrojoules: bigint | null
}

/** The parts of a cost, as they are told apart on the wire. */
export interface CostBreakdown {
  readonly compute: number
  readonly gpu: number
  /** Of price books; null where none has a price of it, since no source tells its energy apart. */
  readonly storage: number | null
  readonly network: number | null
}

/** Figures as they are printed: money to the millionth. The terms, and the parts, add up to the cost. */
export interface PrintedCost {
  readonly cost: number
  readonly cost_terms: Readonly<Record<Term, number>>
  readonly cost_breakdown: CostBreakdown
  readonly energy_joules: number
  readonly energy_kwh: number
  /** With its part of cooling and losses; null without a PUE. */
  readonly facility_energy_kwh: number | null
  /** Null where no carbon intensity is known of any of the energy. */
  readonly carbon_kg: number | null
}

export interface PrintedCosts {
  readonly rows: readonly PrintedCost[]
  readonly total: PrintedCost
}

/** All of some charges together. */
export function chargedTogether(charges: readonly Charged[]): Charged {
  return charges.reduce<Charged>(
    (sum, each) => ({
      energy: {
        compute: plus(sum.energy.compute, each.energy.compute),
        gpu: plus(sum.energy.gpu, each.energy.gpu),
      },
      terms: addTerms(sum.terms, each.terms),
      categories: {
        compute: sum.categories.compute + each.categories.compute,
        gpu: sum.categories.gpu + each.categories.gpu,
        storage: sum.categories.storage + each.categories.storage,
        network: sum.categories.network + each.categories.network,
      },
      carbonKg: sum.carbonKg + each.carbonKg,
      facilityMicrojoules: addKnown(sum.facilityMicrojoules, each.facilityMicrojoules),
    }),
    {
      energy: { compute: NO_ENERGY, gpu: NO_ENERGY },
      terms: NO_COST,
      categories: NO_CATEGORIES,
      carbonKg: 0n,
      facilityMicrojoules: 0n,
    },
  )
}

const addKnown = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || b === null ? null : a + b

/**
 * Charges as they are printed, and their total: rounded here and nowhere before, so that the rows add up to the
 * total, term by term and part by part, to the millionth.
 */
export function printCosts(charges: readonly Charged[]): PrintedCosts {
  const byTerm = roundTable(charges.map(({ terms }) => TERMS.map((term) => terms[term])))
  const byPart = roundTable(
    charges.map(({ categories }) => CATEGORIES.map((category) => categories[category])),
    [...byTerm.rows],
  )
  const isPriced = CATEGORIES.map((_, place) => (byPart.columns[place] ?? 0n) > 0n)
  const print = (charge: Charged, index: number): PrintedCost =>
    printed(charge, {
      cost: byTerm.rows[index],
      terms: byTerm.cells[index],
      parts: byPart.cells[index],
      isPriced,
    })
  const whole = { cost: byTerm.sum, terms: byTerm.columns, parts: byPart.columns, isPriced }
  return { rows: charges.map(print), total: printed(chargedTogether(charges), whole) }
}

interface Micros {
  readonly cost: bigint | undefined
  readonly terms: readonly bigint[] | undefined
  readonly parts: readonly bigint[] | undefined
  /** Which categories anything of all charges is of. */
  readonly isPriced: readonly boolean[]
}

function printed(charge: Charged, { cost, terms, parts, isPriced }: Micros): PrintedCost {
  const part = (place: number): number => ofMicros(parts?.[place] ?? 0n)
  return {
    cost: ofMicros(cost ?? 0n),
    cost_terms: printedTerms(terms ?? []),
    cost_breakdown: {
      compute: part(0),
      gpu: part(1),
      storage: isPriced[2] === true ? part(2) : null,
      network: isPriced[3] === true ? part(3) : null,
    },
    ...printedEnergy(charge),
  }
}

function printedTerms(micros: readonly bigint[]): PrintedCost['cost_terms'] {
  const term = (place: number): number => ofMicros(micros[place] ?? 0n)
  return {
    electricity: term(0),
    cooling: term(1),
    carbon: term(2),
    demand: term(3),
    infrastructure: term(4),
  }
}

function printedEnergy(charge: Charged) {
  const { carbonKg, facilityMicrojoules: facility } = charge
  const energy = plus(charge.energy.compute, charge.energy.gpu)
  const isUnknown = energy.microjoules > 0n && energy.emittedMicrojoules === 0n
  return {
    energy_joules: Number(energy.microjoules) / 1e6,
    energy_kwh: kwhOf(energy.microjoules),
    facility_energy_kwh: facility === null ? null : kwhOf(facility),
    carbon_kg: isUnknown ? null : numberOf(carbonKg),
  }
}

/** What a charge costs in all, exactly. */
export const costOf = ({ terms }: Pick<Charged, 'terms'>): Decimal => total(Object.values(terms))
