import { describe, expect, it } from 'vitest'
import {
  decimalOf,
  nearestMicros,
  numberOf,
  ofMicros,
  readDecimal,
  total,
  type Decimal,
} from '../../../src/analysis/cost/decimal.ts'
import {
  fromPoundsPerMegawattHour,
  intensityAt,
  type IntensitySeries,
} from '../../../src/analysis/cost/intensity.ts'
import { createLedger, NO_ENERGY, plus, type Entry } from '../../../src/analysis/cost/ledger.ts'
import { carbonMass, kwhOf, termsOf, type ModelRates } from '../../../src/analysis/cost/models.ts'
import type { Tariff } from '../../../src/analysis/cost/tariff.ts'
import { timelineOf } from '../../../src/analysis/cost/timeline.ts'
import type { Portion } from '../../../src/analysis/power/figures.ts'
import { shareOut } from '../../../src/analysis/power/share-out.ts'
import { gaugeEnergy } from '../../../src/analysis/power/window-energy.ts'
import { constantIntensity, intensityList } from '../../../src/config-intensities.ts'
import { flatTariff } from '../../../src/config-tariffs.ts'
import { shippedIntensity } from './tariff-files.ts'

const exact = (text: string): Decimal => {
  const read = readDecimal(text)
  if (read === undefined) throw new Error(text)
  return read
}
const money = (value: Decimal): number => ofMicros(nearestMicros(value))

const PLACE = {
  cluster: 'a',
  node: 'n1',
  vendor: null,
  board: null,
  basis: 'cpu_time',
  method: 'measured',
  sources: [],
  node_method: 'measured',
  node_sources: [],
} as const

const portion = (pod: string | null, watts: number): Portion => ({
  ...PLACE,
  resource_type: 'cpu',
  power_watts: watts,
  use: pod === null ? 'idle' : 'workload',
  workload: pod === null ? null : { kind: 'pod', namespace: 'ns', pod, container: null },
})

interface Setup {
  readonly tariff?: Tariff
  readonly intensity?: IntensitySeries
  readonly stepSeconds?: number
}

/** The entries of watts step by step, null where nothing was measured. */
function charged(watts: readonly (readonly Portion[])[], setup: Setup = {}): readonly Entry[] {
  const { tariff = flatTariff(exact('0.12'), 'USD'), intensity = null, stepSeconds = 3600 } = setup
  const steps = { from: 0, stepSeconds, count: watts.length }
  const ledger = createLedger(timelineOf(steps, { tariff, intensity, edges: [0] }))
  for (const [step, portions] of watts.entries()) ledger.charge(step, portions)
  return ledger.entries()
}

const energyOf = (entries: readonly Entry[]) =>
  entries.reduce((sum, { energy }) => plus(sum, energy.compute), NO_ENERGY)

const KCLOUD: ModelRates = {
  model: 'kcloud',
  electricity: exact('0.12'),
  coolingFactor: exact('1.3'),
  carbon: exact('0.05'),
}
const FACILITY: ModelRates = { model: 'facility', pue: exact('1.3'), carbonPrice: exact('0.05') }

describe('1000 W for 24 h', () => {
  const day = Array.from({ length: 24 }, () => [portion('a', 1000)])
  const energy = energyOf(charged(day, { intensity: constantIntensity(exact('0.4173')) }))

  it('cost 7.824 by the published formula, cooling on top of electricity', () => {
    const terms = termsOf(energy, KCLOUD)
    expect(money(terms.electricity)).toBe(2.88)
    expect(money(terms.cooling)).toBe(3.744)
    expect(money(terms.carbon)).toBe(1.2)
    expect(money(total(Object.values(terms)))).toBe(7.824)
  })

  it('cost 4.395 by physics: 31.2 kWh of the facility and 13.020 kg', () => {
    const terms = termsOf(energy, FACILITY)
    expect(kwhOf(energy.microjoules) * 1.3).toBeCloseTo(31.2, 12)
    expect(money(terms.electricity)).toBe(3.744)
    expect(terms.cooling).toBe(0n)
    expect(numberOf(carbonMass(energy, exact('1.3')))).toBe(13.01976)
    expect(money(terms.carbon)).toBe(0.650988)
    expect(money(total(Object.values(terms))).toFixed(3)).toBe('4.395')
  })

  it('is a lower bound without a PUE, and never a made-up one', () => {
    expect(money(termsOf(energy, { ...FACILITY, pue: null }).electricity)).toBe(2.88)
  })

  it('has no cost of carbon where carbon has no price, and its mass all the same', () => {
    expect(termsOf(energy, { ...FACILITY, carbonPrice: null }).carbon).toBe(0n)
    expect(numberOf(carbonMass(energy, null))).toBe(10.0152)
  })
})

describe('a node of 160 W, of which 100 W are idle and A uses three times what B does', () => {
  const POLICIES = [
    ['separate', 45, 15, 100],
    ['proportional', 120, 40, 0],
    ['reserved', 95, 40, 25],
  ] as const
  it.each(POLICIES)('idle=%s charges A %d, B %d and leaves %d', (policy, a, b, idle) => {
    const out = shareOut(
      160,
      [
        { watts: 45, reserved: 0.5 },
        { watts: 15, reserved: 0.25 },
      ],
      policy,
    )
    const entries = charged([
      [portion('a', out.watts[0] ?? 0), portion('b', out.watts[1] ?? 0), portion(null, out.idle)],
    ])
    const kwh = entries.map(({ energy }) => kwhOf(energy.compute.microjoules) * 1000)
    expect(kwh).toEqual([a, b, idle])
    expect(kwhOf(energyOf(entries).microjoules)).toBeCloseTo(0.16, 12)
  })
})

describe('300 W at a scrape each 15 s, of which half an hour is missing', () => {
  const samples = Array.from({ length: 120 }, (_, index) => [index * 15, 300] as const)

  it('are 540 kJ over half of the hour, and 1080 kJ only when asked to fill it', () => {
    const window = { from: 0, until: 3600, lifetime: null, sampleSeconds: 15, mostApartSeconds: 30 }
    const measured = gaugeEnergy(samples, { ...window, gap: 'exclude' })
    expect(measured).toMatchObject({ energy_joules: 540_000, covered_seconds: 1800 })
    const filled = gaugeEnergy(samples, { ...window, gap: 'hold' })
    expect(filled).toMatchObject({ energy_joules: 1_080_000, filled_joules: 540_000 })
  })

  it('are charged as 540 kJ: steps without a value cost nothing', () => {
    const steps = Array.from({ length: 60 }, (_, minute) =>
      minute < 30 ? [portion('a', 300)] : [],
    )
    const entries = charged(steps, { stepSeconds: 60 })
    expect(Number(energyOf(entries).microjoules)).toBe(540_000 * 1e6)
    expect(entries[0]?.seconds).toBe(1800)
  })

  it('a pod that is gone is charged for the time it lived', () => {
    const steps = [[portion('a', 100)], [portion('a', 100), portion('b', 50)], [portion('b', 50)]]
    const entries = charged(steps)
    expect(entries.map(({ seconds }) => seconds)).toEqual([7200, 7200])
    expect(entries.map(({ energy }) => kwhOf(energy.compute.microjoules))).toEqual([0.2, 0.1])
  })
})

describe('carbon of hourly values', () => {
  const hourly = (grams: readonly number[]): IntensitySeries => {
    const [series] = intensityList.parse([
      {
        name: 'hours',
        kind: 'average',
        valid_for: '1h',
        values: grams.map((value, hour) => ({
          from: new Date(hour * 3_600_000).toISOString(),
          g_per_kwh: value,
        })),
      },
    ])
    if (series === undefined) throw new Error('no series')
    return series
  }
  // The hour changes in the middle of the window: half an hour of each.
  const over = (watts: readonly number[], intensity: IntensitySeries) => {
    const steps = { from: 1800, stepSeconds: 300, count: watts.length }
    const ledger = createLedger(timelineOf(steps, { tariff: null, intensity, edges: [0] }))
    for (const [step, each] of watts.entries()) ledger.charge(step, [portion('a', each)])
    return numberOf(carbonMass(energyOf(ledger.entries()), null))
  }
  const both = hourly([400, 600])

  it('is 500 g for half an hour at 400 and half an hour at 600', () => {
    expect(over(new Array<number>(12).fill(1000), both)).toBe(0.5)
  })

  it('is 300 g for a kilowatt in the second half only, and not the mean times the energy', () => {
    const late = Array.from({ length: 12 }, (_, step) => (step < 6 ? 0 : 1000))
    expect(over(late, both)).toBe(0.3)
  })

  it('counts only the energy whose intensity is known: what is missing is neither 0 nor -1', () => {
    const ledgerOf = hourly([400])
    const steps = { from: 0, stepSeconds: 3600, count: 2 }
    const ledger = createLedger(
      timelineOf(steps, { tariff: null, intensity: ledgerOf, edges: [0] }),
    )
    ledger.charge(0, [portion('a', 1000)])
    ledger.charge(1, [portion('a', 1000)])
    const energy = energyOf(ledger.entries())
    expect(kwhOf(energy.emittedMicrojoules)).toBe(1)
    expect(kwhOf(energy.microjoules)).toBe(2)
    expect(numberOf(carbonMass(energy, null))).toBe(0.4)
  })

  it('divides a step that lies across the hour', () => {
    const steps = { from: 0, stepSeconds: 7200, count: 1 }
    const ledger = createLedger(timelineOf(steps, { tariff: null, intensity: both, edges: [0] }))
    ledger.charge(0, [portion('a', 1000)])
    expect(numberOf(carbonMass(energyOf(ledger.entries()), null))).toBe(1)
  })

  it('is 453.59237 g for a kWh of 1000 lb for a MWh', () => {
    expect(fromPoundsPerMegawattHour(1000) * 1000).toBeCloseTo(453.59237, 10)
  })

  it('takes what was published later for the same time, and an estimate only without it', () => {
    const value = (kg: string, more: object) => ({
      from: 0,
      until: 3600,
      kgPerKwh: exact(kg),
      estimated: false,
      publishedAt: null,
      ...more,
    })
    const series = (...values: IntensitySeries['values']): IntensitySeries => ({ ...both, values })
    const forecast = value('0.5', { estimated: true, publishedAt: 900 })
    const first = value('0.4', { publishedAt: 100 })
    const restated = value('0.41', { publishedAt: 200 })
    expect(intensityAt(series(forecast), 10)?.kgPerKwh).toBe(exact('0.5'))
    expect(intensityAt(series(forecast, first), 10)?.kgPerKwh).toBe(exact('0.4'))
    expect(intensityAt(series(restated, forecast, first), 10)?.kgPerKwh).toBe(exact('0.41'))
    expect(intensityAt(series(first), 3600)).toBeNull()
  })
})

describe('the national factor of Korea', () => {
  const series = shippedIntensity('korea')
  const at = (text: string) =>
    numberOf(intensityAt(series, Date.parse(text) / 1000)?.kgPerKwh ?? 0n)

  it.each([
    ['2020-06-01T00:00:00Z', 0.4541],
    ['2021-06-01T00:00:00Z', 0.4509],
    ['2022-06-01T00:00:00Z', 0.4312],
    ['2023-06-01T00:00:00Z', 0.4173],
    ['2026-11-20T00:00:00Z', 0.4173],
  ])('at %s is %f kg', (time, kg) => {
    expect(at(time)).toBe(kg)
  })
})

describe('one account over a window with two prices', () => {
  it('is charged each kWh at its own price', () => {
    const tariff = flatTariff(exact('0.1'), 'USD')
    const [only] = tariff.schedules
    if (only === undefined) throw new Error('no schedule')
    const [season] = only.seasons
    if (season === undefined) throw new Error('no season')
    const later = {
      ...only,
      from: '1970-01-02',
      seasons: [{ ...season, prices: { all: exact('0.3') } }],
    }
    const changed = { ...tariff, schedules: [{ ...only, until: '1970-01-02' }, later] }
    const steps = Array.from({ length: 48 }, () => [portion('a', 1000)])
    const energy = energyOf(charged(steps, { tariff: changed }))
    expect(money(termsOf(energy, { ...FACILITY, pue: null }).electricity)).toBe(2.4 + 7.2)
  })
})

describe('the PUE of a meter', () => {
  it('is taken to twelve digits', () => {
    expect(numberOf(decimalOf(1.3000000000000003))).toBe(1.3)
  })
})
