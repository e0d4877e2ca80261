import { describe, expect, expectTypeOf, it } from 'vitest'
import { MEASURES, type Measure } from '../../src/catalogue/measures.ts'
import { metricsPage } from '../../src/catalogue/metrics-page.ts'
import type { Origin, SourceSpec } from '../../src/catalogue/source.ts'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { factorOf } from '../../src/kernel/units.ts'

const origins = SOURCES.flatMap((source) =>
  Object.entries(source.measures).map(([measure, origin]) => ({
    source,
    measure: measure as Measure,
    origin: origin as Origin<Measure>,
  })),
)

describe('the catalogue', () => {
  it('names every source once', () => {
    expect(new Set(SOURCES.map(({ name }) => name)).size).toBe(SOURCES.length)
  })

  it.each(origins)(
    '$source.name keeps $measure in a unit of its dimension',
    ({ measure, origin }) => {
      const { dimension } = MEASURES[measure]
      expect(factorOf(dimension, origin.unit as never)).toBeGreaterThan(0)
      expect(origin.plausible.least).toBeLessThan(origin.plausible.most)
      expect(new Set(origin.metrics).size).toBe(origin.metrics.length)
    },
  )

  it.each(SOURCES)('$name is recognised by measures that it has', ({ presence, measures }) => {
    for (const measure of presence) expect(Object.keys(measures)).toContain(measure)
  })

  it.each(SOURCES)('$name reads no metric as two measures', ({ measures }) => {
    const metrics = Object.values(measures).flatMap((origin) => origin.metrics)
    expect(new Set(metrics).size).toBe(metrics.length)
  })

  it('stands in its page, measure by measure', () => {
    const page = metricsPage(SOURCES)
    for (const { measure, origin } of origins) {
      expect(page).toContain(`\`${measure}\``)
      for (const metric of origin.metrics) expect(page).toContain(`\`${metric}\``)
    }
  })

  it('does not compile with the unit of another dimension, or a measure that nobody knows', () => {
    type Measures = SourceSpec['measures']
    const plausible = { least: 0, most: 1 }
    // @ts-expect-error joules are no unit of power
    const wrongUnit: Measures = { power_watts: { metrics: ['a'], unit: 'joules', plausible } }
    // @ts-expect-error a name with a typing error
    const unknown: Measures = { powr_watts: { metrics: ['a'], unit: 'watts', plausible } }
    expectTypeOf(wrongUnit).toEqualTypeOf(unknown)
  })
})
