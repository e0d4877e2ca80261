import { describe, expect, it } from 'vitest'
import { ENTITIES, type Label } from '../../src/catalogue/entities.ts'
import { MEASURES, type Measure } from '../../src/catalogue/measures.ts'
import { metricsPage } from '../../src/catalogue/metrics-page.ts'
import type { Origin, SourceSpec } from '../../src/catalogue/source.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { factorOf, type Dimension } from '../../src/kernel/units.ts'
import { render } from '../../src/promql/render.ts'
import { planKnown, planLatest, planStale } from '../../src/services/telemetry/plan.ts'

type Entry = readonly [source: string, measure: Measure, origin: Origin<Dimension>]

const originsOf = ({ name, measures }: SourceSpec): readonly Entry[] =>
  Object.entries(measures).map(([measure, origin]) => [
    name,
    measure as Measure,
    origin as Origin<Dimension>,
  ])
const ORIGINS = SOURCES.flatMap(originsOf)
const labelsOf = ({ labels, says = {}, owners }: SourceSpec): readonly Label[] => [
  ...(Object.keys(labels) as Label[]),
  ...(Object.keys(says) as Label[]),
  ...(owners === undefined ? [] : (['namespace', 'pod', 'container'] as const)),
]

describe('the sources', () => {
  it('have names of their own', () => {
    const names = SOURCES.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
  })

  describe.each(SOURCES.map((source) => [source.name, source] as const))('%s', (_name, source) => {
    it('says where it was read, and what it is recognised by', () => {
      expect(source.reference).not.toBe('')
      expect(source.title).not.toBe('')
      for (const measure of source.presence) expect(source.measures).toHaveProperty(measure)
    })

    it('can tell its things apart', () => {
      const has = labelsOf(source)
      const sets: readonly (readonly Label[])[] = ENTITIES[source.entity].identity
      expect(sets.some((set) => set.every((label) => has.includes(label)))).toBe(true)
      for (const label of source.identity ?? []) expect(has).toContain(label)
    })

    it('has units of the dimension, and ranges that something can be in', () => {
      for (const [, measure, { unit, plausible, codes = [], absent = [] }] of originsOf(source)) {
        const { dimension } = MEASURES[measure]
        const units = typeof unit === 'string' ? [{ unit, ...plausible }] : unit
        for (const each of units) {
          expect(factorOf(dimension, each.unit)).toBeGreaterThan(0)
          expect(each.least).toBeLessThan(each.most)
          expect(each.most).toBeLessThanOrEqual(plausible.most)
        }
        for (const [theirs] of codes) expect(absent).not.toContain(theirs)
      }
    })

    it('rates and gathers what can be', () => {
      for (const [, measure, { rate, combine, addends, codes }] of originsOf(source)) {
        if (rate === true) expect(MEASURES[measure].kind).toBe('gauge')
        if (combine !== undefined) expect(addends).toBeDefined()
        if (codes !== undefined) expect(MEASURES[measure].dimension).toBe('code')
      }
    })

    it('can be asked in PromQL', () => {
      const question = {
        entity: source.entity,
        labels: labelsOf(source) as [Label, ...Label[]],
        at: new Date(0),
        measures: Object.keys(source.measures) as Measure[],
      }
      for (const { query } of [
        planKnown(source, question),
        planStale(source, question),
        ...planLatest(source, question),
      ])
        expect(render(query)).not.toBe('')
    })
  })

  it('never read one metric in two units', () => {
    const units = new Map<string, Set<string>>()
    for (const [, measure, { metrics, unit, combine }] of ORIGINS) {
      // What is counted are the rows, and not what they say.
      if (combine === 'count') continue
      for (const metric of metrics) {
        const key = `${metric} as ${MEASURES[measure].dimension}`
        units.set(key, (units.get(key) ?? new Set()).add(JSON.stringify(unit)))
      }
    }
    expect([...units].filter(([, known]) => known.size > 1)).toEqual([])
  })

  it('stand in the order of trust', () => {
    const before = (first: string, second: string) => {
      const names = SOURCES.map(({ name }) => name)
      expect(names.indexOf(first)).toBeLessThan(names.indexOf(second))
    }
    for (const [first, second] of [
      ['dcgm', 'kepler_gpus'],
      ['kepler_gpus', 'triton_gpus'],
      ['dcmi', 'redfish'],
      ['redfish', 'psu_input'],
      ['psu_input', 'kepler_platform'],
      ['kepler_platform', 'kepler_legacy_platform'],
      ['kepler_legacy_platform', 'acpi'],
      ['acpi', 'psu_output'],
      ['kepler', 'rapl'],
      ['kube_state_metrics_nodes', 'kube_state_metrics_v1_node_cpu'],
      ['node_exporter', 'kubelet_nodes'],
    ] as const)
      before(first, second)
  })

  it('are all on the page of measures, with what a reader should know', () => {
    const page = metricsPage(SOURCES)
    for (const { name, caution } of SOURCES) {
      expect(page).toContain(`### ${name}\n`)
      if (caution !== undefined) expect(page).toContain(caution)
    }
    expect(page).not.toContain('undefined')
    expect(page).not.toContain('[object')
  })
})
