import { describe, expect, it } from 'vitest'
import type { SourceSpec } from '../../src/catalogue/source.ts'

const plausible = { least: 0, most: 1 }
const rest = {
  name: 'x',
  title: 'X',
  vendor: null,
  entity: 'node',
  reference: 'this test',
  freshnessSeconds: 60,
  labels: { node: ['host'] },
  presence: ['power_watts'],
} as const

describe('a source does not compile', () => {
  it('with a unit of another dimension', () => {
    const source: SourceSpec = {
      ...rest,
      measures: {
        // @ts-expect-error joules are no unit of power
        power_watts: { metrics: ['x'], unit: 'joules', plausible },
      },
    }
    expect(source).toBeDefined()
  })

  it('with such a unit among several', () => {
    const source: SourceSpec = {
      ...rest,
      measures: {
        power_watts: {
          metrics: ['x'],
          // @ts-expect-error bytes are no unit of power
          unit: [{ unit: 'bytes', ...plausible }],
          plausible,
        },
      },
    }
    expect(source).toBeDefined()
  })

  it('with a measure that nobody knows', () => {
    const source: SourceSpec = {
      ...rest,
      measures: {
        // @ts-expect-error not a measure
        power_kilowatts: { metrics: ['x'], unit: 'watts', plausible },
      },
    }
    expect(source).toBeDefined()
  })

  it('without a metric, or with a label that nobody knows', () => {
    const source: SourceSpec = {
      ...rest,
      // @ts-expect-error not a label
      labels: { host: ['host'] },
      measures: {
        // @ts-expect-error a list of metrics is never empty
        power_watts: { metrics: [], unit: 'watts', plausible },
      },
    }
    expect(source).toBeDefined()
  })
})
