import { describe, expect, it } from 'vitest'
import { accountPower } from '../../../src/analysis/power/account.ts'
import { attributePower } from '../../../src/analysis/power/attribution.ts'
import { growth } from '../../../src/analysis/power/energy.ts'
import type { IdlePolicy, PowerInput, WorkloadUse } from '../../../src/analysis/power/input.ts'
import { localDate, localDay } from '../../../src/analysis/power/local-days.ts'
import { withoutLookback } from '../../../src/analysis/power/lookback.ts'
import { counterRuns, gaugeSamples } from '../../../src/analysis/power/replicas.ts'
import {
  isCounterAsGauge,
  unitJumps,
  withoutJumps,
} from '../../../src/analysis/power/series-plausibility.ts'
import { apportion, sumOf } from '../../../src/analysis/power/sum.ts'
import {
  counterEnergy,
  gaugeEnergy,
  preferredEnergy,
} from '../../../src/analysis/power/window-energy.ts'
import type { EnergyWindow, Samples } from '../../../src/analysis/power/window.ts'
import { powerOfWorkloads } from '../../../src/analysis/power/workload-power.ts'
import { board, instance, nodeReading, pod, share, use, zone } from './rows.ts'

const account = (input: Partial<PowerInput>) =>
  accountPower({ nodes: [], readings: [], components: [], boards: [], ...input })

/** Watts by pod (or machine), and what is idle or unattributed. */
function bill(
  input: Partial<PowerInput>,
  uses: readonly WorkloadUse[] = [],
  policy?: IdlePolicy,
): Record<string, number> {
  const { portions } = attributePower(account(input), uses, policy)
  const workloads = powerOfWorkloads(portions, (workload) => workload).map(
    ({ workload, power_watts }) => [
      workload.kind === 'pod' ? workload.pod : workload.vm,
      power_watts,
    ],
  )
  const remainder = (kind: string) =>
    sumOf(portions.filter((portion) => portion.use === kind).map((one) => one.power_watts))
  const all = [
    ...workloads,
    ['idle', remainder('idle')],
    ['unattributed', remainder('unattributed')],
  ]
  return Object.fromEntries(all.filter(([, watts]) => watts !== 0))
}

describe('traps 4.2, overlapping meters', () => {
  it('GPU 2400 W and node platform 3000 W are 3000 W, the GPU a part of it', () => {
    const { total_power_watts: total, parts } = account({
      readings: [nodeReading('kepler_platform', 3000)],
      boards: Array.from({ length: 8 }, (_, index) => board(`GPU-${index}`, 300)),
    })
    expect(total).toBe(3000)
    expect(parts).toMatchObject({ gpu_watts: 2400, other_watts: 600 })
  })

  it('zones psys 120, package 90, core 60, uncore 10, dram 15 are 90 + 15', () => {
    const components = [
      zone('psys', 120),
      zone('package', 90),
      zone('core', 60),
      zone('uncore', 10),
      zone('dram', 15),
    ]
    const { total_power_watts: total, parts, by_node: nodes } = account({ components })
    expect(total).toBe(105)
    expect(parts).toMatchObject({ cpu_watts: 90, dram_watts: 15, other_watts: null })
    expect(nodes[0]).toMatchObject({ method: 'estimated', cpu_zone: 'package' })
  })

  it('zones without package are psys alone: 120, and it says so', () => {
    const components = [zone('psys', 120), zone('core', 60), zone('uncore', 10), zone('dram', 15)]
    const { total_power_watts: total, by_node: nodes } = account({ components })
    expect(total).toBe(120)
    expect(nodes[0]).toMatchObject({
      cpu_zone: 'psys',
      parts: { cpu_watts: 120, dram_watts: null },
    })
  })

  it('MIG: an A100 at 300 W on seven 1g.5gb rows is 300 W', () => {
    const boards = Array.from({ length: 7 }, (_, index) =>
      board('GPU-1', 300, {
        slices: 7,
        shares: [instance(pod(`p${index}`), 1)],
      }),
    )
    expect(account({ boards }).total_power_watts).toBe(300)
    expect(bill({ boards })['p3']).toBeCloseTo(300 / 7, 9)
  })

  it('MIG: 3g.20gb + 2g.10gb + 2 × 1g are 3/7, 2/7, 1/7, 1/7 of the active part', () => {
    const boards = [
      board('GPU-1', 300, {
        slices: 7,
        idle_watts: 55,
        shares: [
          instance(pod('a'), 3),
          instance(pod('b'), 2),
          instance(pod('c'), 1),
          instance(pod('d'), 1),
        ],
      }),
    ]
    const bills = bill({ boards })
    expect(bills).toEqual({
      a: expect.closeTo(105, 9),
      b: expect.closeTo(70, 9),
      c: expect.closeTo(35, 9),
      d: expect.closeTo(35, 9),
      idle: expect.closeTo(55, 9),
    })
    expect(bill({ boards }, [], 'proportional')['a']).toBeCloseTo((300 * 3) / 7, 9)
    expect(bill({ boards }, [], 'reserved')['a']).toBeCloseTo(105 + (55 * 3) / 7, 9)
  })

  it('MIG: 4g.20gb is four of seven slices, the free ones are idle', () => {
    const boards = [board('GPU-1', 350, { slices: 7, shares: [instance(pod('a'), 4)] })]
    expect(bill({ boards })).toEqual({ a: expect.closeTo(200, 9), idle: expect.closeTo(150, 9) })
  })

  it('MIG: measured activity counts before slices', () => {
    const shares = [
      instance(pod('a'), 3, { activity: 100 }),
      instance(pod('b'), 3, { activity: 0 }),
      instance(null, 1),
    ]
    const boards = [board('GPU-1', 300, { slices: 7, idle_watts: 60, shares })]
    expect(bill({ boards })).toEqual({ a: 240, idle: 60 })
  })

  it('time-slicing: 4 pods with the same UUID at 300 W are 300 W, each pod 75 W', () => {
    const boards = ['a', 'b', 'c', 'd'].map((name) =>
      board('GPU-1', 300, { shares: [share(pod(name))] }),
    )
    expect(account({ boards }).total_power_watts).toBe(300)
    expect(bill({ boards })).toEqual({ a: 75, b: 75, c: 75, d: 75 })
  })

  it('time-slicing: by activity where it is measured', () => {
    const boards = [
      board('GPU-1', 300, {
        shares: [share(pod('a'), { activity: 90 }), share(pod('b'), { activity: 30 })],
      }),
    ]
    expect(bill({ boards })).toEqual({ a: 225, b: 75 })
  })

  it('dual-die MI250: 480 W and 0 W are a module of 480 W, 240 W each', () => {
    const die = (key: string, watts: number) =>
      board(key, watts, { vendor: 'amd', module: 'card0', limit_watts: 560 })
    const { total_power_watts: total, boards } = account({ boards: [die('0', 480), die('1', 0)] })
    expect(total).toBe(480)
    expect(boards).toMatchObject([
      { power_watts: 240, basis: 'module_split' },
      { power_watts: 240, basis: 'module_split' },
    ])
  })

  it('GH200: the counter of the module includes the CPU, which is not added beside it', () => {
    const { total_power_watts: total, by_node: nodes } = account({
      components: [zone('package', 150), zone('dram', 20)],
      boards: [board('GPU-1', 700, { includes_cpu: true })],
    })
    expect(total).toBe(700)
    expect(nodes[0]).toMatchObject({ cpu_zone: 'board', method: 'estimated', power_watts: 700 })
  })

  it('a node of 10 $/h with 8 GPUs at 85 % is 1.0625 $/h for each GPU and 1.50 $/h for the rest', () => {
    const gpus = new Array<number>(8).fill(0.85 / 8)
    const costs = apportion(10, [...gpus, 0.15]) ?? []
    expect(costs[0]).toBeCloseTo(1.0625, 12)
    expect(costs[8]).toBeCloseTo(1.5, 12)
    expect(sumOf(costs)).toBeCloseTo(10, 12)
  })
})

describe('traps 4.3, idle and conservation', () => {
  const components = [zone('package', 160)]
  const uses = [
    use(pod('a'), { cpu_watts: 45, reserved_share: 0.5 }),
    use(pod('b'), { cpu_watts: 15, reserved_share: 0.25 }),
  ]

  it.each([
    ['separate', { a: 45, b: 15, idle: 100 }],
    ['proportional', { a: 120, b: 40 }],
    ['reserved', { a: 95, b: 40, idle: 25 }],
  ] as const)('%s: 160 W of which 100 W idle, pods active 3:1', (policy, expected) => {
    expect(bill({ components }, uses, policy)).toEqual(expected)
  })

  it('CPU time as a share of all cores leaves the same idle part as the active watts of Kepler', () => {
    const times = [use(pod('a'), { cpu_share: 45 / 160 }), use(pod('b'), { cpu_share: 15 / 160 })]
    expect(bill({ components }, times)).toEqual({ a: 45, b: 15, idle: 100 })
  })
})

const WINDOW: EnergyWindow = {
  from: 0,
  until: 3600,
  lifetime: null,
  sampleSeconds: 15,
  mostApartSeconds: 60,
  gap: 'exclude',
}
const every = (seconds: number, until: number, value: (time: number) => number): Samples =>
  Array.from({ length: until / seconds }, (_, index) => [index * seconds, value(index * seconds)])
const counting = { wrapsAt: null, isOfWorkload: false }

describe('traps 4.4, counters', () => {
  it('reset: 100, 150, 10, 40 increases by 90', () => {
    expect(growth([100, 150, 10, 40])).toBe(90)
    const joules: Samples = [
      [0, 100],
      [15, 150],
      [30, 10],
      [45, 40],
    ]
    expect(counterEnergy([joules], WINDOW, counting).energy_joules).toBe(90)
  })

  it('RAPL wrap: 262143000000, 500000 of a range of 262143328850 µJ increases by 828,850 µJ', () => {
    expect(growth([262_143_000_000, 500_000], 262_143_328_850)).toBe(828_850)
    expect(growth([262_143_000_000, 500_000])).toBe(500_000)
  })

  it('replicas: increases are 66 or 201, and nothing that comes of interleaving them', () => {
    const times = (values: readonly number[], offset: number): Samples =>
      values.map((value, index) => [index * 15 + offset, value])
    const a = { name: 'a', samples: times([46_906, 42, 66, 66, 66, 66], 0) }
    const b = { name: 'b', samples: times([47_000, 47_000, 47_000, 115, 115, 201], 5) }
    const joules = (replicas: (typeof a)[]) =>
      counterEnergy(counterRuns(replicas, WINDOW), WINDOW, counting).energy_joules
    expect(joules([a])).toBe(66)
    expect(joules([b])).toBe(201)
    expect(joules([b, a])).toBe(66)
  })

  it('replicas: another one takes over where the first has ended, and nothing is counted between', () => {
    const a = { name: 'a', samples: every(15, 1800, (time) => 300 * time) }
    const b = {
      name: 'b',
      samples: every(15, 1800, (time) => 7e6 + 300 * time).map(([t, v]) => [t + 1750, v] as const),
    }
    const runs = counterRuns([a, b], WINDOW)
    expect(runs).toHaveLength(2)
    const { energy_joules: joules, covered_seconds: covered } = counterEnergy(
      runs,
      WINDOW,
      counting,
    )
    expect(joules).toBeCloseTo(300 * covered, 6)
    expect(covered).toBeGreaterThan(3500)
  })

  it('replicas: of a gauge the gaps inside are filled by another', () => {
    const hole = every(15, 3600, () => 300).filter(([time]) => time < 1200 || time >= 2400)
    const a = { name: 'a', samples: hole }
    const b = { name: 'b', samples: every(30, 2400, () => 310) }
    const samples = gaugeSamples([b, a], WINDOW)
    expect(samples.filter(([, watts]) => watts === 310).map(([time]) => time)).toEqual(
      Array.from({ length: 40 }, (_, index) => 1200 + index * 30).filter((time) => time > 1185),
    )
    expect(gaugeEnergy(samples, WINDOW).covered_seconds).toBe(3600)
  })

  it('new series: the first sample counts when the workload began inside the window', () => {
    const lifetime = { from: 100, until: 400 }
    const joules: Samples = [
      [115, 1500],
      [130, 3000],
      [145, 4500],
    ]
    const counted = (isOfWorkload: boolean) =>
      counterEnergy([joules], { ...WINDOW, lifetime }, { wrapsAt: null, isOfWorkload })
    expect(counted(true)).toMatchObject({ energy_joules: 4500, covered_seconds: 45 })
    expect(counted(false)).toMatchObject({ energy_joules: 3000, covered_seconds: 30 })
  })

  it('a counter read as a gauge is seen by its name and its growth', () => {
    const growing = Array.from({ length: 12 }, (_, index) => index * 300)
    expect(isCounterAsGauge('kepler_node_cpu_joules_total', growing)).toBe(true)
    expect(isCounterAsGauge('kepler_node_cpu_watts', growing)).toBe(false)
    expect(isCounterAsGauge('kepler_node_cpu_joules_total', [...growing, 0])).toBe(false)
    expect(isCounterAsGauge('kepler_node_cpu_joules_total', [1, 2, 3])).toBe(false)
  })

  it('gauge 187 J and counter 327 J: the counter for a minute or more, both are told', () => {
    const energies = (seconds: number) => {
      const window = { ...WINDOW, until: seconds }
      const ends = (value: number): Samples => [
        [0, 0],
        [seconds, value],
      ]
      return preferredEnergy(
        counterEnergy([ends(327)], window, counting),
        gaugeEnergy(
          every(15, seconds + 15, () => 187 / seconds),
          window,
        ),
      )
    }
    const long = energies(60)
    expect(long.counted).toMatchObject({ method: 'counter', energy_joules: 327 })
    expect(long.other.energy_joules).toBeCloseTo(187, 9)
    expect(energies(45).counted.method).toBe('integral')
  })
})

describe('traps 4.5, gaps, staleness and time', () => {
  const half = every(15, 3600, () => 300).filter(([time]) => time < 900 || time >= 2700)

  it('300 W with 30 of 60 minutes missing: measured 540 kJ, coverage 0.5', () => {
    expect(gaugeEnergy(half, WINDOW)).toEqual({
      energy_joules: 540_000,
      covered_seconds: 1800,
      window_seconds: 3600,
      charged_seconds: 3600,
      filled_joules: 0,
      filled_seconds: 0,
      method: 'integral',
    })
  })

  it.each(['hold', 'interpolate'] as const)('gap=%s: 1080 kJ, of which 540 kJ filled', (gap) => {
    expect(gaugeEnergy(half, { ...WINDOW, gap })).toMatchObject({
      energy_joules: 1_080_000,
      covered_seconds: 1800,
      filled_joules: 540_000,
      filled_seconds: 1800,
    })
  })

  it('a pod that died is not charged for the five minutes of look-back', () => {
    const shown = every(15, 1215, () => 300)
    const lifetime = { from: -1000, until: 900 }
    expect(gaugeEnergy(shown, { ...WINDOW, lifetime }).energy_joules).toBe(270_000)
  })

  it('the repeats of a dead series are seen without a lifetime too', () => {
    const shown = every(15, 1215, (time) => (time < 900 ? 300 + (time % 7) : 321))
    const lookback = { lookbackSeconds: 300, stepSeconds: 15, until: 3600 }
    expect(withoutLookback(shown, lookback).at(-1)).toEqual([900, 321])
    const alive = every(15, 3600, () => 300)
    expect(withoutLookback(alive, lookback)).toEqual(alive)
    const constant = every(15, 1215, () => 300)
    expect(withoutLookback(constant, lookback)).toEqual(constant)
  })

  it('windows are half-open: two that meet are charged as one', () => {
    const watts = every(15, 3600, (time) => 200 + (time % 90))
    const joules = (from: number, until: number) =>
      gaugeEnergy(watts, { ...WINDOW, from, until }).energy_joules ?? 0
    expect(joules(0, 1003) + joules(1003, 3600)).toBeCloseTo(joules(0, 3600), 6)
  })

  it.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['America/Los_Angeles', '2026-03-08', '2026-03-08T08:00:00.000Z', 23],
    ['Asia/Seoul', '2026-03-29', '2026-03-28T15:00:00.000Z', 24],
    ['Asia/Seoul', '2026-10-25', '2026-10-24T15:00:00.000Z', 24],
    // No midnight: the clock goes from 24:00 to 01:00.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', 23],
    // Half an hour, and a day that a zone left out.
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z', 24.5],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', 0],
    ['Pacific/Kiritimati', '2026-12-31', '2026-12-30T10:00:00.000Z', 24],
  ])('in %s the day %s begins at %s and has %d hours', (timeZone, date, start, hours) => {
    const day = localDay(date, timeZone)
    expect(day.start.toISOString()).toBe(start)
    expect((day.end.getTime() - day.start.getTime()) / 3_600_000).toBe(hours)
    if (hours > 0) expect(localDate(day.start, timeZone)).toBe(date)
  })

  it('days follow one another: the repeated hour is charged twice, the missing one not at all', () => {
    const dates = ['2026-10-24', '2026-10-25', '2026-10-26']
    const days = dates.map((date) => localDay(date, 'Europe/Berlin'))
    expect(days[0]?.end).toEqual(days[1]?.start)
    expect(days[1]?.end).toEqual(days[2]?.start)
  })
})

describe('traps 4.6, values', () => {
  it('one NaN does not poison a sum: it is left out, told, and lowers coverage', () => {
    const told = account({
      readings: [
        nodeReading('dcmi', 400),
        nodeReading('dcmi', Number.NaN, { node: 'gpu-2' }),
        nodeReading('dcmi', 9_223_372_036_854_775_794, { node: 'gpu-3' }),
        nodeReading('dcmi', -5, { node: 'gpu-4' }),
      ],
    })
    expect(told).toMatchObject({ total_power_watts: 400, coverage: 0.25 })
    expect(told.findings).toHaveLength(3)
  })

  it.each([
    ['milliwatts', 1e3, 1e-3],
    ['microwatts', 1e6, 1e-6],
  ])('a jump to %s is left out with a suggested scale', (_unit, factor, scale) => {
    const points = [...new Array<number>(20).fill(300), 301 * factor, 299 * factor, 300 * factor]
    const jumps = unitJumps([...points, null, 300])
    expect(jumps).toEqual([{ first: 20, last: 22, suggested_scale: expect.closeTo(scale, 12) }])
    expect(withoutJumps(points, jumps).filter((value) => value !== null)).toHaveLength(20)
  })

  it('two samples are no jump of unit, nor is a load', () => {
    const flat = new Array<number>(20).fill(300)
    expect(unitJumps([...flat, 300_000, 300_000])).toEqual([])
    expect(unitJumps([...flat, 700, 700, 700, 700])).toEqual([])
    expect(unitJumps([])).toEqual([])
  })

  it('a board above twice its limit is left out and told', () => {
    const boards = [
      board('GPU-1', 1401, { limit_watts: 700 }),
      board('GPU-2', 1399, { limit_watts: 700 }),
    ]
    const { total_power_watts: total, findings } = account({ boards })
    expect(total).toBe(1399)
    expect(findings).toMatchObject([{ code: 'implausible_values' }])
  })

  it('rounding is for printing: a million small terms are not lost', () => {
    const terms = new Array<number>(1_000_000).fill(0.1)
    expect(sumOf(terms)).toBe(100_000)
    expect(sumOf([1e16, 1, -1e16])).toBe(1)
  })
})
