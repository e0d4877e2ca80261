import { describe, expect, it } from 'vitest'
import {
  POWER_FEATURES,
  powerFeatures,
  type PowerFeature,
} from '../../../src/analysis/workloads/power-features.ts'

const of = (watts: readonly (number | null)[], boards = 1) => {
  const values = powerFeatures(watts, boards)
  return (name: PowerFeature) => values[POWER_FEATURES.indexOf(name)] ?? Number.NaN
}
const wave = (points: number, period: number) =>
  Array.from({ length: points }, (_, index) => 300 + 100 * Math.sin((2 * Math.PI * index) / period))

describe('powerFeatures', () => {
  it('does not depend on the size of the load, but for the watts of a board', () => {
    const small = powerFeatures(wave(60, 12), 1)
    const large = powerFeatures(
      wave(60, 12).map((watts) => watts * 8),
      8,
    )
    for (const [index, value] of small.entries()) expect(large[index]).toBeCloseTo(value, 9)
    expect(of(wave(60, 12), 2)('log_watts_per_board')).toBeCloseTo(Math.log10(150), 9)
  })

  it('sees a period, a trend and a step', () => {
    expect(of(wave(120, 20))('periodicity')).toBeGreaterThan(1.2)
    const ramp = Array.from({ length: 60 }, (_, index) => 100 + index)
    expect(of(ramp)('trend')).toBeCloseTo(60 / 129.5, 6)
    expect(
      of([...wave(30, 1000), ...wave(30, 1000).map((w) => w + 300)])('slow_share'),
    ).toBeGreaterThan(0.9)
  })

  it('knows nothing of a constant but its level, and nothing at all of a few points', () => {
    expect(of(Array.from({ length: 60 }, () => 300))('autocorrelation_1')).toBe(0)
    expect(powerFeatures([1, 2, 3], 1).every(Number.isNaN)).toBe(true)
    expect(
      powerFeatures(
        Array.from({ length: 60 }, () => 0),
        1,
      ).every(Number.isNaN),
    ).toBe(true)
  })

  it('leaves gaps out', () => {
    expect(of(wave(60, 12).flatMap((watts) => [watts, null]))('p50')).toBe(of(wave(60, 12))('p50'))
  })
})
