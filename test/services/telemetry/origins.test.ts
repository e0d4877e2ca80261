import { describe, expect, it } from 'vitest'
import type { Entity, Label } from '../../../src/catalogue/entities.ts'
import type { Gauge, Measure } from '../../../src/catalogue/measures.ts'
import type { SourceSpec } from '../../../src/catalogue/source.ts'
import type { NonEmpty } from '../../../src/kernel/kind.ts'
import type { Summary } from '../../../src/services/telemetry/index.ts'
import { createFleet } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'

const clock = fakeClock()
const WATTS = { least: 0, most: 10_000 }

/** A source of one node each, of which a test says what matters to it. */
const source = (measures: SourceSpec['measures'], more: Partial<SourceSpec> = {}): SourceSpec => ({
  name: 'meter',
  title: 'A meter',
  vendor: null,
  entity: 'node',
  reference: 'this test',
  freshnessSeconds: 120,
  labels: { node: ['host', 'node'] },
  presence: Object.keys(measures) as [Measure, ...Measure[]],
  measures,
  ...more,
})

interface Asked {
  readonly entity?: Entity
  readonly labels?: NonEmpty<Label>
  readonly measures?: NonEmpty<Gauge>
}

async function read(text: string, sources: SourceSpec | readonly SourceSpec[], asked: Asked = {}) {
  const fleet = createFleet({ seoul: text }, clock.now, [sources].flat())
  const { rows, warnings } = await fleet.telemetry.latest({
    entity: 'node',
    labels: ['node'],
    measures: ['power_watts'],
    at: clock.now(),
    shelf: 'realtime',
    ...asked,
  })
  return { rows, warnings, queries: fleet.queries }
}

const valuesOf = async (...args: Parameters<typeof read>) =>
  (await read(...args)).rows.map(({ labels, values }) => ({ ...labels, ...values }))

describe('conditions of an origin', () => {
  const power = (where: NonNullable<SourceSpec['measures']['power_watts']>['where'] = []) =>
    source({ power_watts: { metrics: ['w'], unit: 'watts', where, plausible: WATTS } })
  const rows = 'w{host="a",zone="package"} 10\nw{host="b",zone="dram"} 20\nw{host="c"} 30'

  it.each([
    ['equals', { label: 'zone', equals: 'dram' }, [20]],
    ['equals nothing, for an absent label', { label: 'zone', equals: '' }, [30]],
    ['one of, and an absent label', { label: 'zone', oneOf: ['', 'dram'] }, [20, 30]],
    ['none of', { label: 'zone', noneOf: ['dram'] }, [10, 30]],
    ['none of, with an absent label', { label: 'zone', noneOf: ['dram', ''] }, [10]],
  ] as const)('%s', async (_what, condition, watts) => {
    const found = await valuesOf(rows, power([condition]))
    expect(found.map(({ power_watts }) => power_watts)).toEqual(watts)
  })

  it('tell two measures under one name apart', async () => {
    const zones = source({
      cpu_power_watts: {
        metrics: ['w'],
        unit: 'watts',
        where: [{ label: 'zone', equals: 'package' }],
        plausible: WATTS,
      },
      dram_power_watts: {
        metrics: ['w'],
        unit: 'watts',
        where: [{ label: 'zone', equals: 'dram' }],
        plausible: WATTS,
      },
    })
    const found = await valuesOf(
      'w{host="a",zone="package"} 90\nw{host="a",zone="dram"} 15',
      zones,
      {
        measures: ['cpu_power_watts', 'dram_power_watts'],
      },
    )
    expect(found).toEqual([{ node: 'a', cpu_power_watts: 90, dram_power_watts: 15 }])
  })

  it('of several presences list the things of all', async () => {
    const either = source({
      power_watts: {
        metrics: ['w'],
        unit: 'watts',
        where: [{ label: 'kind', equals: 'total' }],
        plausible: WATTS,
      },
      energy_joules: { metrics: ['j'], unit: 'joules', plausible: { least: 0, most: 1e9 } },
    })
    const { telemetry } = createFleet(
      {
        seoul:
          'w{host="a",kind="total"} 1\nw{host="b",kind="part"} 1\nj{host="c"} 5 1\nj{host="a"} 5 1',
      },
      clock.now,
      [either],
    )
    const { rows } = await telemetry.known({
      entity: 'node',
      labels: ['node'],
      at: clock.now(),
      shelf: 'static',
    })
    expect(rows.map(({ labels }) => labels.node).sort()).toEqual(['a', 'c'])
  })
})

describe('rows that belong together', () => {
  const supplies = (combine: 'sum' | 'avg' = 'sum') =>
    source({
      power_watts: { metrics: ['w'], unit: 'watts', addends: ['psu'], combine, plausible: WATTS },
    })
  const rows = `
    w{host="a",psu="1",job="x"} 400
    w{host="a",psu="1",job="y"} 400
    w{host="a",psu="2",job="x"} 300`

  it('add up, each once however often it is scraped', async () => {
    expect(await valuesOf(rows, supplies())).toEqual([{ node: 'a', power_watts: 700 }])
  })

  it('or are averaged', async () => {
    expect(await valuesOf(rows, supplies('avg'))).toEqual([{ node: 'a', power_watts: 350 }])
  })

  it('are one row, also where two eras label one thing differently', async () => {
    const text = 'w{host="a",psu="1"} 400\nw{node="a",psu="1"} 390'
    expect(await valuesOf(text, supplies())).toEqual([{ node: 'a', power_watts: 400 }])
  })
})

describe('the growth of a counter as a measure', () => {
  const joules = source({
    power_watts: {
      metrics: ['new_uj', 'old_uj'],
      unit: 'microjoules_per_second',
      rate: true,
      addends: ['package'],
      plausible: { least: 0, most: 1e10 },
    },
  })
  const text = `
    new_uj{host="a",package="0",instance="x"} 5e9 90e6
    new_uj{host="a",package="0",instance="y"} 7e9 90e6
    new_uj{host="a",package="1"} 1e9 60e6
    old_uj{host="a",package="0"} 1e9 1e6
    old_uj{host="b",package="0"} 1e9 40e6`

  it('is watts out of joules, by the first name that a thing has', async () => {
    const found = await valuesOf(text, joules)
    expect(
      found.map(({ node, power_watts }) => [node, Math.round(power_watts! * 1e6) / 1e6]),
    ).toEqual([
      ['a', 150],
      ['b', 40],
    ])
  })

  it('is told when it cannot be', async () => {
    const { rows, warnings } = await read('new_uj{host="a",package="0"} 0 90e12', joules)
    expect(rows).toEqual([])
    expect(warnings).toEqual([expect.objectContaining({ code: 'implausible_values' })])
  })

  it('is one query a measure, and one for all gauges that are gathered alike', async () => {
    const many = source({
      cpu_power_watts: { ...joules.measures.power_watts!, metrics: ['cpu_uj'] },
      dram_power_watts: { ...joules.measures.power_watts!, metrics: ['dram_uj'] },
      load1: { metrics: ['l1'], unit: 'count', plausible: WATTS },
      load5: { metrics: ['l5'], unit: 'count', plausible: WATTS },
    })
    const { queries } = await read('l1{host="a"} 1', many, {
      measures: ['cpu_power_watts', 'dram_power_watts', 'load1', 'load5'],
    })
    expect(queries).toHaveLength(3)
  })
})

describe('values in ours', () => {
  it('take the unit that their size tells', async () => {
    const either = source({
      power_watts: {
        metrics: ['w'],
        unit: [
          { unit: 'watts', least: 0, most: 2000 },
          { unit: 'microwatts', least: 2000, most: 2e9 },
        ],
        plausible: { least: 0, most: 2e9 },
      },
    })
    expect(await valuesOf('w{host="a"} 58.3\nw{host="b"} 58300000', either)).toEqual([
      { node: 'a', power_watts: 58.3 },
      { node: 'b', power_watts: 58.3 },
    ])
  })

  it('take the meaning that their codes have, and no other', async () => {
    const health = source({
      device_healthy: {
        metrics: ['h'],
        unit: 'code',
        codes: [
          [0, 1],
          [1, 0],
        ],
        plausible: { least: 0, most: 10 },
      },
    })
    const { rows, warnings } = await read('h{host="a"} 0\nh{host="b"} 1\nh{host="c"} 7', health, {
      measures: ['device_healthy'],
    })
    expect(rows.map(({ values }) => values.device_healthy)).toEqual([1, 0])
    expect(warnings).toHaveLength(1)
  })
})

describe('labels of a source', () => {
  it("are what its metric's name says, and can be filtered by", async () => {
    const capacity = (resource: string) =>
      source(
        {
          resource_capacity: { metrics: [`capacity_${resource}`], unit: 'count', plausible: WATTS },
        },
        { name: resource, says: { resource } },
      )
    const fleet = createFleet(
      { seoul: 'capacity_cpu{host="a"} 8\ncapacity_pods{host="a"} 110' },
      clock.now,
      [capacity('cpu'), capacity('pods')],
    )
    const { rows } = await fleet.telemetry.latest({
      entity: 'node',
      labels: ['node', 'resource'],
      measures: ['resource_capacity'],
      where: { resource: ['pods'] },
      at: clock.now(),
      shelf: 'static',
    })
    expect(rows.map(({ labels, values }) => ({ ...labels, ...values }))).toEqual([
      { node: 'a', resource: 'pods', resource_capacity: 110 },
    ])
  })

  const boards = (more: Partial<SourceSpec>) =>
    source(
      { power_watts: { metrics: ['w'], unit: 'watts', plausible: WATTS } },
      { entity: 'npu', labels: { node: ['host'], device_index: ['id'], uuid: ['uuid'] }, ...more },
    )

  it('tell devices without a UUID apart when single devices are asked for', async () => {
    const text = 'w{host="a",id="0"} 1\nw{host="a",id="1"} 2\nw{host="b",id="0"} 3'
    const asked = { entity: 'npu', labels: ['uuid'] } as const
    const identity = ['uuid', 'node', 'device_index'] as const
    expect(await valuesOf(text, boards({ identity }), asked)).toEqual([
      { node: 'a', device_index: '0', power_watts: 1 },
      { node: 'a', device_index: '1', power_watts: 2 },
      { node: 'b', device_index: '0', power_watts: 3 },
    ])
    const nameless = boards({ labels: { node: ['host'], device_index: ['id'] } })
    expect(await valuesOf(text, nameless, asked)).toHaveLength(3)
    expect(await valuesOf(text, boards({ identity }), { ...asked, labels: ['node'] })).toEqual([
      { node: 'a', power_watts: 2 },
      { node: 'b', power_watts: 3 },
    ])
  })

  it('of a filter need not be asked for', async () => {
    const { telemetry } = createFleet(
      { seoul: 'w{host="a",id="0"} 1\nw{host="b",id="0"} 3' },
      clock.now,
      [boards({})],
    )
    const { rows } = await telemetry.latest({
      entity: 'npu',
      labels: ['device_index'],
      measures: ['power_watts'],
      where: { node: ['b'] },
      at: clock.now(),
      shelf: 'realtime',
    })
    expect(rows.map(({ values }) => values.power_watts)).toEqual([3])
  })
})

describe('windows', () => {
  const range = {
    start: new Date('2026-11-19T23:30:00Z'),
    end: new Date('2026-11-20T00:00:00Z'),
    stepSeconds: 300,
  }
  async function series(text: string, spec: SourceSpec, measure: Measure, stepSeconds = 300) {
    const { telemetry } = createFleet({ seoul: text }, clock.now, [spec])
    const { rows } = await telemetry.history({
      entity: 'node',
      labels: ['node'],
      measure,
      summary: measure === 'energy_joules' ? 'last' : 'avg',
      range: { ...range, stepSeconds },
    })
    return rows.map(({ values }) => values.map((value) => Math.round(value! * 1e6) / 1e6))
  }
  async function window(
    text: string,
    spec: SourceSpec,
    summary: Exclude<Summary, 'last' | 'count'>,
  ) {
    const { telemetry } = createFleet({ seoul: text }, clock.now, [spec])
    const { rows } = await telemetry.overWindow({
      entity: 'node',
      labels: ['node'],
      measure: 'power_watts',
      summary,
      range,
    })
    return rows.map(({ values }) => Math.round(values.power_watts! * 1e6) / 1e6)
  }

  const added = { metrics: ['w'], unit: 'watts', addends: ['psu'], plausible: WATTS } as const
  const rated = {
    ...added,
    metrics: ['j'],
    unit: 'joules_per_second',
    rate: true,
  } as const
  const supplies = source({ power_watts: added })
  const counters = source({
    power_watts: rated,
    energy_joules: {
      metrics: ['j'],
      unit: 'joules',
      addends: ['psu'],
      plausible: { least: 0, most: 1e9 },
    },
  })
  const TWO_SUPPLIES =
    'w{host="a",psu="1"} 400\nw{host="a",psu="2"} 300\nw{host="a",psu="2",x="y"} 300'
  const TWO_COUNTERS = 'j{host="a",psu="1"} 1000 40\nj{host="a",psu="2"} 5000 30'
  const SUMS = [700, 700, 700, 700, 700, 700, 700]
  const RATES = [70, 70, 70, 70, 70, 70, 70]

  it.each([300, 60])('add what adds up, in steps of %d s', async (step) => {
    const [sums] = await series(TWO_SUPPLIES, supplies, 'power_watts', step)
    expect(new Set(sums)).toEqual(new Set(SUMS))
    const [rates] = await series(TWO_COUNTERS, counters, 'power_watts', step)
    expect(new Set(rates)).toEqual(new Set(RATES))
  })

  it.each(['avg', 'min', 'max'] as const)('have the %s of sums and of rates', async (summary) => {
    expect(await window(TWO_SUPPLIES, supplies, summary)).toEqual([700])
    expect(await window(TWO_COUNTERS, counters, summary)).toEqual([70])
  })

  it('add counters by what each has grown, since one that begins again is no reset of the sum', async () => {
    const [points] = await series(
      `${TWO_COUNTERS}\nj{host="a",psu="3"} 90000 10 # last 600s`,
      counters,
      'energy_joules',
    )
    const steps = points!.slice(1).map((value, index) => value - points![index]!)
    // The third counter ends ten minutes before the window does.
    expect(steps).toEqual([80, 80, 80, 80, 70, 70].map((watts) => watts * 300))
  })

  it('never average values whose unit their size tells', async () => {
    const either = source({
      power_watts: {
        metrics: ['w'],
        unit: [
          { unit: 'watts', least: 0, most: 2000 },
          { unit: 'milliwatts', least: 2000, most: 2e6 },
        ],
        plausible: { least: 0, most: 2e6 },
      },
    })
    expect(await series('w{host="a"} 500000', either, 'power_watts')).toEqual([
      new Array(7).fill(500),
    ])
    expect(await window('w{host="a"} 500000', either, 'avg')).toEqual([500])
  })
})

it('reads a metric that is two measures as both', async () => {
  const both = source({
    cpu_cores: { metrics: ['vcpus'], unit: 'cores', plausible: WATTS },
    node_present: { metrics: ['info', 'vcpus'], unit: 'count', plausible: WATTS },
  })
  const measures = ['cpu_cores', 'node_present'] as const
  expect(await valuesOf('vcpus{host="a"} 8', both, { measures })).toEqual([
    { node: 'a', cpu_cores: 8, node_present: 8 },
  ])
})
