import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coresIn } from '../../src/analysis/devices/cores.ts'
import type { DeviceRow } from '../../src/analysis/devices/device.ts'
import { foldDevices, hasUnknownDevice, type PartsRule } from '../../src/analysis/devices/fold.ts'
import { withMemoryTotal } from '../../src/analysis/devices/memory.ts'
import { slicesOf, slicesOfModel } from '../../src/analysis/devices/slices.ts'
import { deviceStatus } from '../../src/analysis/devices/status.ts'

const RULES: Record<string, PartsRule> = {
  power_watts: 'repeated',
  memory_used_mb: 'divided',
  engine_active_percent: 'weighted',
  gpu_utilization_percent: 'whole',
}
const rule = (measure: string): PartsRule => RULES[measure] ?? 'whole'
const row = (labels: DeviceRow['labels'], values: DeviceRow['values'] = {}): DeviceRow => ({
  cluster: 'seoul',
  source: 'dcgm',
  vendor: 'nvidia',
  labels,
  values,
})
const fold = (input: Partial<Parameters<typeof foldDevices>[0]>) =>
  foldDevices({ known: [], values: [], facts: [], owners: [], rule, ...input }).devices

describe('foldDevices', () => {
  it('takes the board of a MIG card once: 300 W on seven instances is 300 W', () => {
    const values = Array.from({ length: 7 }, (_, id) =>
      row(
        { uuid: 'GPU-1', partition_id: String(id), partition_profile: '1g.5gb' },
        { power_watts: 300, memory_used_mb: 100, engine_active_percent: 70 },
      ),
    )
    const [device] = fold({ known: [row({ uuid: 'GPU-1', model: 'NVIDIA A100' })], values })
    expect(device?.values).toMatchObject({ power_watts: 300, memory_used_mb: 700 })
    expect(device?.values['engine_active_percent']).toBeCloseTo(70, 9)
    expect(device?.partitions).toHaveLength(7)
  })

  it('weighs the activity of instances by their slices of the card', () => {
    const part = (id: string, profile: string, active: number) =>
      row(
        { uuid: 'GPU-1', partition_id: id, partition_profile: profile },
        { engine_active_percent: active },
      )
    const [device] = fold({
      known: [row({ uuid: 'GPU-1', model: 'NVIDIA H100' })],
      values: [part('1', '3g.40gb', 100), part('2', '2g.20gb', 50), part('3', '1g.10gb', 0)],
    })
    expect(device?.values['engine_active_percent']).toBeCloseTo((300 + 100) / 7, 9)
  })

  it("prefers the card's own row to what its parts add up to", () => {
    const [device] = fold({
      known: [row({ uuid: 'GPU-1' })],
      values: [
        row({ uuid: 'GPU-1' }, { memory_used_mb: 900 }),
        row(
          { uuid: 'GPU-1', partition_id: '1' },
          { memory_used_mb: 100, gpu_utilization_percent: 5 },
        ),
      ],
    })
    expect(device?.values).toEqual({ memory_used_mb: 900 })
  })

  it('keeps the same UUID of two clusters apart, and two scrapes of one board together', () => {
    const known = [
      row({ uuid: 'GPU-1', node: 'a' }),
      row({ uuid: 'GPU-1', model: 'NVIDIA L4' }),
      { ...row({ uuid: 'GPU-1' }), cluster: 'busan' },
    ]
    const devices = fold({ known })
    expect(devices).toHaveLength(2)
    expect(devices[0]).toMatchObject({ node: 'a', model: 'NVIDIA L4' })
  })

  it('lists every pod of a time-sliced card once', () => {
    const owner = (pod: string) => row({ uuid: 'GPU-1', namespace: 'ml', pod, container: 'main' })
    const [device] = fold({
      known: [row({ uuid: 'GPU-1' })],
      owners: [owner('a'), owner('b'), owner('a'), row({ uuid: 'GPU-1' })],
    })
    expect(device?.owners.map(({ pod }) => pod)).toEqual(['a', 'b'])
  })

  it('never makes watts of a board out of its rows, in whichever order they come', () => {
    const rows = fc.array(
      fc.record({ id: fc.nat(6), watts: fc.double({ min: 0, max: 700, noNaN: true }) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(rows, (parts) => {
        const values = parts.map(({ id, watts }) =>
          row({ uuid: 'GPU-1', partition_id: String(id) }, { power_watts: watts }),
        )
        const [device] = fold({ known: [row({ uuid: 'GPU-1' })], values })
        expect(device?.values['power_watts']).toBeLessThanOrEqual(
          Math.max(...parts.map(({ watts }) => watts)),
        )
      }),
    )
  })
})

describe('one board by several sources', () => {
  const by = (source: string, labels: DeviceRow['labels'], values: DeviceRow['values'] = {}) => ({
    ...row(labels, values),
    source,
  })

  it('takes each measure of the first source that has it, MIG or not', () => {
    const part = { uuid: 'GPU-1', partition_id: '1', partition_profile: '3g.40gb' }
    const known = [by('dcgm', { uuid: 'GPU-1', node: 'a' }), by('triton', { uuid: 'GPU-1' })]
    const [device, ...others] = fold({
      known,
      values: [
        by('dcgm', part, { power_watts: 300 }),
        by('triton', { uuid: 'GPU-1' }, { power_watts: 280, memory_used_mb: 5 }),
      ],
    })
    expect(others).toEqual([])
    expect(device).toMatchObject({
      node: 'a',
      values: { power_watts: 300, memory_used_mb: 5 },
      sources: ['dcgm', 'triton'],
    })
  })

  it('brings a source without UUIDs to the board by its node and index, but never to two', () => {
    const known = [
      by('dcgm', { uuid: 'GPU-1', node: 'a', device_index: '0' }),
      by('kepler', { node: 'a', device_index: 'nvidia0' }),
      by('kepler', { node: 'a', device_index: 'nvidia1' }),
      { ...by('npus', { node: 'a', device_index: '0' }), vendor: 'huawei' },
    ]
    const values = [by('kepler', { node: 'a', device_index: 'nvidia0' }, { power_watts: 7 })]
    const devices = fold({ known, values })
    expect(devices.map(({ sources }) => sources)).toEqual([
      ['dcgm', 'kepler'],
      ['kepler'],
      ['npus'],
    ])
    expect(devices[0]?.values).toEqual({ power_watts: 7 })
    expect(hasUnknownDevice(known, values)).toBe(false)
  })

  it('does not depend on who is listed first that they are one board', () => {
    const rows = [
      by('kepler', { node: 'a', device_index: '0' }),
      by('dcgm', { uuid: 'GPU-1', node: 'a', device_index: '0' }),
      by('triton', { uuid: 'GPU-1' }),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 3 }), (known) => {
        expect(fold({ known })).toHaveLength(1)
      }),
    )
  })
})

describe('cores', () => {
  const npu = (core: string, more: DeviceRow['labels'] = {}, values: DeviceRow['values'] = {}) =>
    row({ uuid: 'NPU-1', core, ...more }, values)
  const all = [npu('0-7', {}, { power_watts: 90 }), npu('0-3', { pod: 'a' }, { power_watts: 90 })]

  it.each([
    ['3', [3]],
    ['0-3', [0, 1, 2, 3]],
    ['3-0', []],
    ['', []],
    ['all', []],
    ['0-99999', []],
  ])('reads %j as %j', (label, cores) => {
    expect(coresIn(label)).toEqual(cores)
  })

  it('takes a range that some of the cores are for a partition, and its watts for the card', () => {
    const [device] = fold({ known: all, values: all, owners: all })
    expect(device).toMatchObject({ cores_total: 8, values: { power_watts: 90 } })
    expect(device?.partitions).toEqual([
      {
        partition_id: '0-3',
        profile: null,
        values: {},
        owners: [{ namespace: null, pod: 'a', container: null }],
      },
    ])
  })

  it('gives a card the mean of its cores, and a partition that of its own', () => {
    const values = [0, 1, 2, 3, 4, 5, 6, 7].map((core) =>
      npu(String(core), {}, { engine_active_percent: core < 4 ? 60 : 0 }),
    )
    const [device] = fold({ known: all, values, owners: all })
    expect(device?.values['engine_active_percent']).toBe(30)
    expect(device?.partitions[0]?.values['engine_active_percent']).toBe(60)
    expect(device?.cores.map(({ owners }) => owners.length)).toEqual([1, 1, 1, 1, 0, 0, 0, 0])
  })
})

describe('hasUnknownDevice', () => {
  it('tells that a board came after the list was made', () => {
    const known = [row({ uuid: 'GPU-1' })]
    expect(hasUnknownDevice(known, [row({ uuid: 'GPU-1' })])).toBe(false)
    expect(hasUnknownDevice(known, [row({ uuid: 'GPU-2' })])).toBe(true)
  })
})

describe('withMemoryTotal', () => {
  it('adds what the driver holds back, where the exporter says so', () => {
    const [old, recent] = withMemoryTotal([
      row({}, { memory_used_mb: 1000, memory_free_mb: 80_000 }),
      row({}, { memory_used_mb: 1000, memory_free_mb: 80_000, memory_reserved_mb: 559 }),
    ])
    expect(old?.values).toEqual({ memory_total_mb: 81_000 })
    expect(recent?.values).toEqual({ memory_total_mb: 81_559 })
  })

  it('is unknown without what is free', () => {
    expect(withMemoryTotal([row({}, { memory_used_mb: 1 })])[0]?.values).toEqual({})
  })
})

describe('slices', () => {
  it.each([
    ['3g.40gb', 3],
    ['1g.5gb', 1],
    ['7g.79gb', 7],
    ['1c.2g.10gb', 2],
    ['1g.5gb+me', 1],
    [null, 1],
  ])('reads %s as %d', (profile, slices) => {
    expect(slicesOf(profile)).toBe(slices)
  })

  it('knows that an A30 has four', () => {
    expect(slicesOfModel('NVIDIA A30')).toBe(4)
    expect(slicesOfModel('NVIDIA A300X')).toBe(7)
    expect(slicesOfModel(null)).toBe(7)
  })
})

describe('deviceStatus', () => {
  it.each([
    [50, false, 'active'],
    [0, false, 'idle'],
    [0, true, 'error'],
    [null, false, 'unknown'],
  ] as const)('of %s %% with fault %s is %s', (utilization, faulty, status) => {
    expect(deviceStatus(utilization, faulty)).toBe(status)
  })
})
