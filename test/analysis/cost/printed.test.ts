import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  nearestMicros,
  ofMicros,
  ONE,
  readDecimal,
  type Decimal,
} from '../../../src/analysis/cost/decimal.ts'
import { createLedger, type Entry } from '../../../src/analysis/cost/ledger.ts'
import {
  addTerms,
  carbonMass,
  termsOf,
  type ModelRates,
} from '../../../src/analysis/cost/models.ts'
import { costOf, printCosts, type Charged } from '../../../src/analysis/cost/printed.ts'
import { NO_CATEGORIES } from '../../../src/analysis/cost/price-book.ts'
import { timelineOf } from '../../../src/analysis/cost/timeline.ts'
import type { Portion } from '../../../src/analysis/power/figures.ts'
import { constantIntensity } from '../../../src/config-intensities.ts'
import { shippedTariff } from './tariff-files.ts'

const portion = (type: Portion['resource_type'], pod: number | null, watts: number): Portion => ({
  cluster: 'a',
  node: 'n1',
  vendor: null,
  board: type === 'gpu' ? 'g0' : null,
  basis: 'cpu_time',
  method: 'measured',
  sources: [],
  node_method: 'measured',
  node_sources: [],
  resource_type: type,
  power_watts: watts,
  use: pod === null ? 'idle' : 'workload',
  workload: pod === null ? null : { kind: 'pod', namespace: 'ns', pod: `p${pod}`, container: null },
})

const anyPortion = fc
  .record({
    type: fc.constantFrom('cpu' as const, 'gpu' as const, 'other' as const),
    pod: fc.option(fc.integer({ min: 0, max: 30 })),
    watts: fc.double({ min: 0, max: 5000, noNaN: true }),
  })
  .map(({ type, pod, watts }) => portion(type, pod, watts))

const rates = fc.oneof(
  fc.constant<ModelRates>({
    model: 'kcloud',
    electricity: readDecimal('0.12') ?? 0n,
    coolingFactor: readDecimal('1.3') ?? 0n,
    carbon: readDecimal('0.05') ?? 0n,
  }),
  fc
    .bigInt({ min: ONE, max: 2n * ONE })
    .map((pue): ModelRates => ({ model: 'facility', pue, carbonPrice: 37n * 10n ** 15n })),
)

function charge({ energy }: Entry, model: ModelRates): Charged {
  const compute = termsOf(energy.compute, model)
  const gpu = termsOf(energy.gpu, model)
  return {
    energy,
    terms: addTerms(compute, gpu),
    categories: {
      ...NO_CATEGORIES,
      compute: costOf({ terms: compute }),
      gpu: costOf({ terms: gpu }),
    },
    carbonKg: carbonMass(energy.compute, null),
    facilityMicrojoules: null,
  }
}

const cents = (value: number): bigint => BigInt(Math.round(value * 1e6))
const sum = (values: readonly number[]): bigint =>
  values.reduce((all, each) => all + cents(each), 0n)

describe('printed costs of random workloads', () => {
  it('add up to the total to the millionth: rows, terms and parts', () => {
    const tariff = shippedTariff('kepco-industrial-b')
    const intensity = constantIntensity(readDecimal('0.4173') ?? 0n)
    const from = Date.parse('2026-04-15T12:00:00Z') / 1000
    fc.assert(
      fc.property(
        fc.array(fc.array(anyPortion, { maxLength: 40 }), { maxLength: 12 }),
        rates,
        (steps, model) => {
          const timeline = timelineOf(
            { from, stepSeconds: 2700, count: steps.length },
            { tariff, intensity, edges: [from] },
          )
          const ledger = createLedger(timeline)
          for (const [step, portions] of steps.entries()) ledger.charge(step, portions)
          const charges = ledger.entries().map((entry) => charge(entry, model))
          const { rows, total } = printCosts(charges)
          const exact = charges.reduce<Decimal>((all, each) => all + costOf(each), 0n)
          expect(total.cost).toBe(ofMicros(nearestMicros(exact)))
          expect(sum(rows.map(({ cost }) => cost))).toBe(cents(total.cost))
          for (const row of [...rows, total]) {
            expect(sum(Object.values(row.cost_terms))).toBe(cents(row.cost))
            expect(sum([row.cost_breakdown.compute, row.cost_breakdown.gpu])).toBe(cents(row.cost))
            for (const part of Object.values(row.cost_terms)) expect(part).toBeGreaterThanOrEqual(0)
          }
          for (const term of ['electricity', 'cooling', 'carbon'] as const)
            expect(sum(rows.map(({ cost_terms: terms }) => terms[term]))).toBe(
              cents(total.cost_terms[term]),
            )
          const joules = steps.flat().reduce((all, { power_watts: watts }) => all + watts * 2700, 0)
          expect(Math.abs(total.energy_joules - joules)).toBeLessThanOrEqual(1e-9 * joules + 1e-3)
        },
      ),
    )
  })
})
