import { divided, times, total, type Decimal } from '../../analysis/cost/decimal.ts'
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
  const demand = divide(
    charge,
    pieces.map(({ microjoules }) => microjoules),
  )
  return entries.map((entry, index) => {
    const compute = withDemand(termsOf(entry.energy.compute, costing.rates), demand[index * 2])
    const gpu = withDemand(termsOf(entry.energy.gpu, costing.rates), demand[index * 2 + 1])
    const energy = plus(entry.energy.compute, entry.energy.gpu)
    return {
      ...entry,
      terms: addTerms(compute, gpu),
      categories: { compute: sumOf(compute), gpu: sumOf(gpu) },
      carbonKg: carbonMass(energy, costing.pue),
      facilityMicrojoules: costing.pue === null ? null : times(energy.microjoules, costing.pue),
    }
  })
}

const sumOf = (terms: Terms): Decimal => total(Object.values(terms))

const withDemand = (terms: Terms, demand: Decimal = 0n): Terms =>
  addTerms(terms, { ...NO_COST, demand })

/** An amount in proportion to weights; the parts add up to it. */
function divide(amount: Decimal, weights: readonly bigint[]): readonly Decimal[] {
  const whole = weights.reduce((a, b) => a + b, 0n)
  if (whole === 0n || amount === 0n) return weights.map(() => 0n)
  let seen = 0n
  let given = 0n
  return weights.map((weight) => {
    seen += weight
    const part = divided(amount * seen, whole) - given
    given += part
    return part
  })
}
