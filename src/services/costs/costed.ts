import { divideBy, times, total, type Decimal } from '../../analysis/cost/decimal.ts'
import { plus, type Entry } from '../../analysis/cost/ledger.ts'
import { addTerms, carbonMass, NO_COST, termsOf, type Terms } from '../../analysis/cost/models.ts'
import { groupBy } from '../../analysis/power/group.ts'
import type { ClusterCosting, CostedEntry } from './question.ts'

/** Entries with their cost. The demand charge of a cluster is divided by energy, to the last unit. */
export function costedEntries(
  entries: readonly Entry[],
  costings: readonly ClusterCosting[],
): readonly CostedEntry[] {
  const known = new Map(costings.map((costing) => [costing.cluster, costing]))
  return [...groupBy(entries, ({ cluster }) => cluster)].flatMap(([cluster, own]) => {
    const costing = known.get(cluster)
    return costing === undefined ? [] : costedOf(own, costing)
  })
}

function costedOf(entries: readonly Entry[], costing: ClusterCosting): readonly CostedEntry[] {
  const charge = total(costing.demand.map(({ cost }) => cost))
  const pieces = entries.flatMap(({ energy }) => [energy.compute, energy.gpu])
  const demand = divideBy(
    charge,
    pieces.map(({ microjoules, includedMicrojoules: included }) => microjoules - included),
  )
  return entries.map((entry, index) => {
    const compute = withDemand(termsOf(entry.energy.compute, costing.rates), demand[index * 2])
    const gpu = withDemand(termsOf(entry.energy.gpu, costing.rates), demand[index * 2 + 1])
    const energy = plus(entry.energy.compute, entry.energy.gpu)
    const { amounts } = entry.infrastructure
    const infrastructure = total(Object.values(amounts))
    return {
      ...entry,
      terms: addTerms(addTerms(compute, gpu), { ...NO_COST, infrastructure }),
      categories: {
        ...amounts,
        compute: sumOf(compute) + amounts.compute,
        gpu: sumOf(gpu) + amounts.gpu,
      },
      carbonKg: carbonMass(energy, costing.pue),
      facilityMicrojoules: costing.pue === null ? null : times(energy.microjoules, costing.pue),
    }
  })
}

const sumOf = (terms: Terms): Decimal => total(Object.values(terms))

const withDemand = (terms: Terms, demand: Decimal = 0n): Terms =>
  addTerms(terms, { ...NO_COST, demand })
