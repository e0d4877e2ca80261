import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountPower } from '../../../src/analysis/power/account.ts'
import { attributePower } from '../../../src/analysis/power/attribution.ts'
import { breakDown } from '../../../src/analysis/power/breakdown.ts'
import { BREAKDOWNS } from '../../../src/analysis/power/figures.ts'
import {
  NODE_SOURCES,
  type Board,
  type ComponentReading,
  type IdlePolicy,
  type NodeReading,
  type PowerInput,
  type Share,
  type Workload,
  type WorkloadUse,
} from '../../../src/analysis/power/input.ts'
import { wholeWorkload } from '../../../src/analysis/power/shares.ts'
import { apportion, sumOf } from '../../../src/analysis/power/sum.ts'
import { shareOut } from '../../../src/analysis/power/share-out.ts'
import { counterEnergy, gaugeEnergy } from '../../../src/analysis/power/window-energy.ts'
import type { EnergyWindow } from '../../../src/analysis/power/window.ts'
import { powerOfWorkloads } from '../../../src/analysis/power/workload-power.ts'

// Random fleets: nodes, boards, partitions, pods and machines, any mix of sources that agree or not, or say nonsense.

const cluster = fc.constantFrom('busan', 'seoul')
const node = fc.constantFrom('n0', 'n1', 'n2', 'n3')
const nonsense = fc.constantFrom(Number.NaN, -1, Infinity, 9_223_372_036_854_775_794, 0)
const watts = (max: number) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: 0, max, noNaN: true }) },
    { weight: 1, arbitrary: nonsense },
  )
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const list = <T>(arbitrary: fc.Arbitrary<T>, maxLength = 12) => fc.array(arbitrary, { maxLength })

const readings: fc.Arbitrary<NodeReading> = fc.record({
  cluster,
  node,
  source: fc.constantFrom(...NODE_SOURCES),
  watts: watts(4000),
  part: maybe(fc.constantFrom('0', '1')),
  powered: fc.constantFrom(null, true, false),
})

const components: fc.Arbitrary<ComponentReading> = fc.record({
  cluster,
  node,
  zone: fc.constantFrom('package', 'dram', 'psys', 'core', 'uncore', 'other'),
  source: fc.constantFrom('kepler', 'node_exporter'),
  part: maybe(fc.constantFrom('0', '1')),
  watts: watts(800),
})

const workload: fc.Arbitrary<Workload> = fc.oneof(
  fc.record({
    kind: fc.constant('pod' as const),
    namespace: fc.constantFrom('a', 'b', 'idle'),
    pod: fc.constantFrom('p0', 'p1', 'p2'),
    container: maybe(fc.constantFrom('x', 'y')),
  }),
  fc.record({ kind: fc.constant('vm' as const), vm: fc.constantFrom('v0', 'v1') }),
)

const shares: fc.Arbitrary<Share> = fc.record({
  owner: maybe(workload),
  partition: maybe(fc.constantFrom('1', '2', '3')),
  slices: maybe(fc.integer({ min: 0, max: 7 })),
  activity: maybe(watts(100)),
})

const boards: fc.Arbitrary<Board> = fc.record({
  cluster,
  node: maybe(node),
  key: fc.constantFrom('g0', 'g1', 'g2', 'g3', 'g4', 'g5'),
  kind: fc.constantFrom('gpu' as const, 'npu' as const),
  vendor: fc.constantFrom(null, 'nvidia', 'amd', 'furiosa'),
  source: fc.constantFrom('dcgm', 'triton'),
  watts: maybe(watts(1200)),
  limit_watts: maybe(watts(700)),
  idle_watts: maybe(watts(100)),
  module: maybe(fc.constantFrom('m0', 'm1')),
  includes_cpu: fc.nat(9).map((n) => n === 0),
  slices: fc.constantFrom(null, 7, 4),
  shares: maybe(list(shares, 5)),
})

const uses: fc.Arbitrary<WorkloadUse> = fc.record({
  cluster,
  node,
  workload,
  source: fc.constantFrom('kepler', 'cadvisor', 'libvirt'),
  cpu_watts: maybe(watts(200)),
  dram_watts: maybe(watts(40)),
  cpu_share: maybe(fc.double({ min: 0, max: 1.2, noNaN: true })),
  reserved_share: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
})

const fleet: fc.Arbitrary<PowerInput> = fc.record({
  nodes: list(fc.record({ cluster, node })),
  readings: list(readings),
  components: list(components),
  boards: list(boards),
})
const policy = fc.constantFrom<IdlePolicy>('separate', 'proportional', 'reserved')
const typeOf = ({ kind }: Workload) => kind

/** Below 1e-300 W numbers lose their digits. */
const near = (total: number) => Math.max(1e-9 * total, 1e-300)
const expectSum = (terms: readonly number[], total: number) =>
  expect(Math.abs(sumOf(terms) - total)).toBeLessThanOrEqual(near(total))

describe('any fleet, any sources, any policy', () => {
  it('adds up: parts, clusters, nodes, boards and portions to the total, and nothing is negative', () => {
    fc.assert(
      fc.property(fleet, list(uses), policy, (input, used, idle) => {
        const account = accountPower(input)
        const { portions } = attributePower(account, used, idle)
        const total = account.total_power_watts ?? 0
        expectSum(
          Object.values(account.parts).map((part) => part ?? 0),
          total,
        )
        expectSum(
          account.by_cluster.map((one) => one.total_power_watts ?? 0),
          total,
        )
        expectSum(
          portions.map((portion) => portion.power_watts),
          total,
        )
        for (const portion of portions) expect(portion.power_watts).toBeGreaterThanOrEqual(0)
        for (const one of account.by_node.filter((node) => node.power_watts !== null)) {
          const own = portions.filter((p) => p.cluster === one.cluster && p.node === one.node)
          expectSum(
            own.map((portion) => portion.power_watts),
            one.power_watts ?? 0,
          )
          expectSum(
            Object.values(one.parts).map((part) => part ?? 0),
            one.power_watts ?? 0,
          )
        }
        for (const board of account.boards) {
          const own = portions.filter((p) => p.cluster === board.cluster && p.board === board.key)
          expectSum(
            own.map((portion) => portion.power_watts),
            board.power_watts ?? 0,
          )
        }
      }),
      { numRuns: 200 },
    )
  })

  it('breaks down by every dimension: rows add up, none negative, percentages make 100', () => {
    fc.assert(
      fc.property(fleet, list(uses), policy, (input, used, idle) => {
        const account = accountPower(input)
        const { portions } = attributePower(account, used, idle)
        for (const by of BREAKDOWNS) {
          const { rows, total_power_watts: total } = breakDown(portions, by, typeOf)
          expect(total === null).toBe(account.total_power_watts === null)
          expectSum(
            rows.map((row) => row.power_watts),
            account.total_power_watts ?? 0,
          )
          for (const row of rows) expect(row.power_watts).toBeGreaterThanOrEqual(0)
          const keys = rows.map(({ kind, key }) => JSON.stringify([kind, key]))
          expect(new Set(keys).size).toBe(keys.length)
          if ((total ?? 0) > 0)
            expect(sumOf(rows.map(({ percentage }) => percentage ?? 0))).toBeCloseTo(100, 7)
          else expect(rows.every(({ percentage }) => percentage === null)).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('gives workloads what their portions have', () => {
    fc.assert(
      fc.property(fleet, list(uses), policy, (input, used, idle) => {
        const { portions } = attributePower(accountPower(input), used, idle)
        const own = portions.filter(({ use }) => use === 'workload')
        expectSum(
          powerOfWorkloads(portions, wholeWorkload).map((row) => row.power_watts),
          sumOf(own.map((portion) => portion.power_watts)),
        )
      }),
    )
  })

  it('does not depend on the order of rows', () => {
    const shuffled = <T>(rows: readonly T[]) =>
      fc.shuffledSubarray([...rows], { minLength: rows.length, maxLength: rows.length })
    const pairs = fc.tuple(fleet, list(uses), policy).chain(([input, used, idle]) =>
      fc.record({
        input: fc.constant(input),
        used: fc.constant(used),
        idle: fc.constant(idle),
        nodes: shuffled(input.nodes),
        readings: shuffled(input.readings),
        components: shuffled(input.components),
        boards: shuffled(input.boards),
        uses: shuffled(used),
      }),
    )
    const told = (input: PowerInput, used: readonly WorkloadUse[], idle: IdlePolicy) => {
      const account = accountPower(input)
      const attribution = attributePower(account, used, idle)
      const { portions } = attribution
      return { account, attribution, rows: BREAKDOWNS.map((by) => breakDown(portions, by, typeOf)) }
    }
    fc.assert(
      fc.property(pairs, ({ input, used, idle, uses: others, ...rest }) => {
        expect(told(rest, others, idle)).toEqual(told(input, used, idle))
      }),
      { numRuns: 200 },
    )
  })
})

describe('shareOut', () => {
  const claims = list(
    fc.record({
      watts: fc.double({ min: 0, max: 1e6, noNaN: true }),
      reserved: fc.double({ min: 0, max: 2, noNaN: true }),
    }),
  )

  it('adds up to the component, gives nobody less than nothing, and keeps what fits', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        claims,
        policy,
        (total, all, idle) => {
          const out = shareOut(total, all, idle)
          expectSum([...out.watts, out.idle], total)
          for (const own of [...out.watts, out.idle]) expect(own).toBeGreaterThanOrEqual(0)
          if (out.excess === 0)
            out.watts.forEach((own, index) =>
              expect(own).toBeGreaterThanOrEqual((all[index]?.watts ?? 0) * (1 - 1e-12)),
            )
        },
      ),
    )
  })
})

describe('apportion', () => {
  it('adds up to the total, whatever the weights', () => {
    const weights = list(fc.double({ min: 0, max: 1e300, noNaN: true }), 50)
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), weights, (total, all) => {
        const parts = apportion(total, all)
        if (parts === null) expect(all.every((weight) => weight === 0)).toBe(true)
        else expectSum(parts, total)
      }),
    )
  })
})

describe('energy of any samples', () => {
  const samples = list(fc.tuple(fc.integer({ min: -600, max: 4200 }), watts(1000)), 60)
  const windows: fc.Arbitrary<EnergyWindow> = fc.record({
    from: fc.integer({ min: 0, max: 1000 }),
    until: fc.integer({ min: 1001, max: 3600 }),
    lifetime: maybe(
      fc.record({
        from: fc.integer({ min: -100, max: 2000 }),
        until: fc.integer({ min: 2001, max: 4000 }),
      }),
    ),
    sampleSeconds: fc.constantFrom(15, 60),
    mostApartSeconds: fc.constantFrom(60, 120),
    gap: fc.constantFrom('exclude', 'hold', 'interpolate'),
  })

  it('is not negative, covers no more than the time lived, and fills only when asked', () => {
    fc.assert(
      fc.property(samples, windows, fc.boolean(), (all, window, isOfWorkload) => {
        const energies = [
          gaugeEnergy(all, window),
          counterEnergy([all], window, { wrapsAt: null, isOfWorkload }),
        ]
        for (const energy of energies) {
          expect(energy.energy_joules ?? 0).toBeGreaterThanOrEqual(0)
          expect(energy.covered_seconds + energy.filled_seconds).toBeLessThanOrEqual(
            energy.charged_seconds + 1e-6,
          )
          expect(energy.charged_seconds).toBeLessThanOrEqual(energy.window_seconds)
          if (window.gap === 'exclude') expect(energy.filled_joules).toBe(0)
        }
      }),
    )
  })

  it('of a window is the energy of its halves', () => {
    fc.assert(
      fc.property(samples, windows, fc.integer({ min: 1, max: 3599 }), (all, window, cut) => {
        const middle = Math.min(window.until - 1, Math.max(window.from + 1, cut))
        const joules = (from: number, until: number) =>
          gaugeEnergy(all, { ...window, from, until, gap: 'exclude' }).energy_joules ?? 0
        const halves = joules(window.from, middle) + joules(middle, window.until)
        expect(halves).toBeCloseTo(joules(window.from, window.until), 5)
      }),
    )
  })

  it('does not depend on the order of samples', () => {
    fc.assert(
      fc.property(samples, windows, (all, window) => {
        expect(gaugeEnergy([...all].reverse(), window)).toEqual(gaugeEnergy(all, window))
      }),
    )
  })
})
