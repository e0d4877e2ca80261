import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { SourceSpec } from '../../src/catalogue/source.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { readSources } from '../../src/config-sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'sources-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(content: unknown): string {
  const file = join(folder, 'sources.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** The sources of a file without mistakes. */
function sourcesOf(content: unknown): readonly SourceSpec[] {
  const mistakes: string[] = []
  const sources = readSources(fileOf(content), (mistake) => mistakes.push(mistake))
  expect(mistakes).toEqual([])
  return sources
}

function mistakesOf(content: unknown): readonly string[] {
  const mistakes: string[] = []
  const sources = readSources(fileOf(content), (mistake) => mistakes.push(mistake))
  if (mistakes.length > 0) expect(sources).toBe(SOURCES)
  return mistakes
}

const METER = {
  name: 'rack_meter',
  title: 'Meter of a rack',
  vendor: null,
  entity: 'node',
  reference: 'its manual',
  freshnessSeconds: 60,
  labels: { node: ['host'] },
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: ['meter_power_kw'],
      unit: 'kilowatts',
      plausible: { least: 0, most: 100 },
    },
  },
}
const POWER = METER.measures.power_watts
const withPower = (more: object) => [{ ...METER, measures: { power_watts: { ...POWER, ...more } } }]
const namesOf = (sources: readonly SourceSpec[]) => sources.map(({ name }) => name)

describe('readSources', () => {
  it('adds a source behind those we know', () => {
    const sources = sourcesOf([METER])
    expect(namesOf(sources)).toEqual([...namesOf(SOURCES), 'rack_meter'])
    expect(sources.at(-1)).toEqual(METER)
  })

  it('puts it before another one, which it then outranks', () => {
    const names = namesOf(sourcesOf([{ ...METER, before: 'dcmi' }]))
    expect(names.indexOf('rack_meter')).toBe(names.indexOf('dcmi') - 1)
    expect(names).toHaveLength(SOURCES.length + 1)
  })

  it('lets one of the same name take the place of one we know', () => {
    const mine = { ...METER, name: 'dcmi' }
    const sources = sourcesOf([{ ...mine, overrides: true }])
    expect(namesOf(sources)).toEqual(namesOf(SOURCES))
    expect(sources.find(({ name }) => name === 'dcmi')).toEqual(mine)
  })

  it('takes every source that is built in, as JSON', () => {
    const text = JSON.stringify(
      SOURCES.map((source) => ({ ...source, overrides: true })),
      (_key, value: unknown) => (Number.isNaN(value) ? 'NaN' : value),
    )
    expect(sourcesOf(text)).toEqual(SOURCES)
  })

  it('takes every field that a source can have', () => {
    const full = {
      ...METER,
      where: [{ label: 'make', startsWithNoneOf: ['x', 'y'] }],
      says: { resource: 'cpu' },
      identity: ['node'],
      owners: [{ namespace: 'ns', pod: 'pod', container: 'c' }],
      ownPod: 'meter',
      caution: 'Not calibrated.',
      measures: {
        power_watts: {
          ...POWER,
          unit: [
            { unit: 'watts', least: 0, most: 10 },
            { unit: 'milliwatts', least: 10, most: 100 },
          ],
          where: [
            { label: 'a', equals: '' },
            { label: 'b', oneOf: ['', 'x'] },
            { label: 'c', noneOf: ['z'] },
            { label: 'd', startsWithOneOf: ['p'] },
          ],
          rate: true,
          addends: ['phase'],
          combine: 'avg',
          absent: [-1],
        },
        device_healthy: {
          metrics: ['ok'],
          unit: 'code',
          plausible: { least: 0, most: 2 },
          codes: [
            [0, 1],
            [1, 0],
          ],
        },
      },
    }
    expect(sourcesOf([full]).at(-1)).toEqual(full)
  })

  it('may be an empty list', () => {
    expect(sourcesOf([])).toEqual(SOURCES)
  })
})

describe('a mistake in a file of sources', () => {
  it.each([
    ['no JSON', '{', /^must be JSON \(.+\)$/],
    ['no list', METER, /^must be a list of sources$/],
    [
      'an unknown measure',
      [{ ...METER, measures: { ...METER.measures, power_kw: POWER } }],
      /^\[0\]\.measures power_kw is no measure; there is .*power_watts/,
    ],
    [
      'an unknown unit',
      withPower({ unit: 'horsepower' }),
      /^\[0\]\.measures\.power_watts\.unit must be one of watts, milliwatts, .*kilowatts/,
    ],
    [
      'a unit of another dimension',
      withPower({ unit: 'joules' }),
      /^\[0\]\.measures\.power_watts\.unit must be one of watts/,
    ],
    [
      'an unknown label',
      [{ ...METER, labels: { node: ['host'], pod_id: ['x'] } }],
      /^\[0\]\.labels pod_id is no label of ours; there is .*pod_uid/,
    ],
    [
      'an unknown field',
      withPower({ factor: 1000 }),
      /^\[0\]\.measures\.power_watts factor is no field of a measure/,
    ],
    [
      'an unknown entity',
      [{ ...METER, entity: 'rack' }],
      /^\[0\]\.entity must be one of gpu, npu, node, /,
    ],
    ['a missing field', [{ ...METER, reference: undefined }], /^\[0\]\.reference /],
    [
      'no metric',
      withPower({ metrics: [] }),
      /^\[0\]\.measures\.power_watts\.metrics\[0\] must be the name of a metric$/,
    ],
    [
      'no name of a metric',
      withPower({ metrics: ['power-kw'] }),
      /metrics\[0\] must be the name of a metric/,
    ],
    [
      'no name of a label',
      withPower({ addends: ['a b'] }),
      /addends\[0\] must be the name of a label/,
    ],
    [
      'a label that PromQL cannot group by',
      withPower({ addends: ['inf'] }),
      /addends\[0\] must be the name of a label/,
    ],
    [
      'a condition that is none',
      withPower({ where: [{ label: 'x', matches: '.*' }] }),
      /where\[0\] must be \{"label": …\} with one of/,
    ],
    [
      'an upside down range',
      withPower({ plausible: { least: 5, most: 1 } }),
      /plausible least must be below most$/,
    ],
    ['nothing to combine', withPower({ combine: 'avg' }), /combine needs addends/],
    [
      'codes of a quantity',
      withPower({ codes: [[0, 1]] }),
      /codes is for states and events; this measure is a power$/,
    ],
    [
      'a presence that is not read',
      [{ ...METER, presence: ['load1'] }],
      /^\[0\]\.presence load1 is not among its measures$/,
    ],
    [
      'nothing that tells things apart',
      [{ ...METER, labels: { model: ['m'] } }],
      /^\[0\]\.labels must tell one node from another, by node$/,
    ],
    [
      'an identity without its label',
      [{ ...METER, identity: ['uuid'] }],
      /^\[0\]\.identity uuid is not among its labels$/,
    ],
    [
      'a name that is taken',
      [METER, METER],
      /^\[1\]\.name rack_meter stands in this file already$/,
    ],
    [
      'a built-in name without saying so',
      [{ ...METER, name: 'dcmi' }],
      /^\[0\]\.name dcmi is a built-in source: take another, or set "overrides": true$/,
    ],
    [
      'nothing to override',
      [{ ...METER, overrides: true }],
      /^\[0\]\.overrides needs a built-in source called rack_meter$/,
    ],
    [
      'an answer to overrides that is none',
      [{ ...METER, overrides: 'dcmi' }],
      /^\[0\]\.overrides must be true, or left out$/,
    ],
    [
      'the name of the meter of the site',
      [{ ...METER, name: 'facility_meter' }],
      /^\[0\]\.name facility_meter is that of FACILITY_POWER_METRIC$/,
    ],
    [
      'PromQL in place of a metric',
      withPower({ metrics: ['sum(meter_power_kw)'] }),
      /metrics\[0\] must be the name of a metric/,
    ],
    [
      'PromQL in place of a label',
      [{ ...METER, labels: { node: ['host) or vector(1'] } }],
      /labels\.node\[0\] must be the name of a label/,
    ],
    [
      'a place that is not there',
      [{ ...METER, before: 'nobody' }],
      /^\[0\]\.before must name another source that is built in or above in this file, not nobody$/,
    ],
    [
      'a place before itself',
      [{ ...METER, before: 'rack_meter' }],
      /^\[0\]\.before must name another source/,
    ],
    [
      'the rate of a counter',
      [
        {
          ...METER,
          measures: {
            ...METER.measures,
            energy_joules: { ...POWER, unit: 'joules', rate: true },
          },
        },
      ],
      /energy_joules\.rate is for measures that have a value now/,
    ],
  ])('is told: %s', (_what, content, message) => {
    const mistakes = mistakesOf(content)
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(message)
  })

  it('does not hide the others', () => {
    const mistakes = mistakesOf([
      { ...METER, entity: 'rack', freshnessSeconds: 0 },
      {
        ...METER,
        name: 'other',
        measures: { power_watts: { ...POWER, unit: 'joules', combine: 'all' } },
      },
    ])
    expect(mistakes.map((mistake) => mistake.split(' ')[0])).toEqual([
      '[0].entity',
      '[0].freshnessSeconds',
      '[1].measures.power_watts.unit',
      '[1].measures.power_watts.combine',
    ])
  })

  it('may be that there is no file', () => {
    const mistakes: string[] = []
    readSources(join(folder, 'absent.json'), (mistake) => mistakes.push(mistake))
    expect(mistakes).toEqual([expect.stringMatching(/^cannot be read \(ENOENT/)])
  })
})
