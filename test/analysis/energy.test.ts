import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { energyOf, growth } from '../../src/analysis/power/energy.ts'

describe('growth', () => {
  it('counts what was added after a reset', () => {
    expect(growth([100, 150, 10, 40])).toBe(90)
  })

  it('covers a gap, since the counter went on counting', () => {
    expect(growth([100, null, null, 400])).toBe(300)
  })

  it('is unknown with fewer than two readings', () => {
    expect(growth([null, 5, null])).toBeNull()
  })

  it('never shrinks, whatever the counter does', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(1e9)), { minLength: 2 }), (points) => {
        expect(growth(points) ?? 0).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('energyOf', () => {
  const hour = (watts: (minute: number) => number | null) =>
    Array.from({ length: 61 }, (_, minute) => watts(minute))
  const nothing = hour(() => null)

  it('integrates watts over the covered time only: 300 W with half an hour missing is 540 kJ', () => {
    const watts = hour((minute) => (minute <= 30 ? 300 : null))
    expect(energyOf({ joules: nothing, watts }, 60)).toEqual({
      energy_joules: 540_000,
      covered_seconds: 1800,
      window_seconds: 3600,
      method: 'integral',
    })
  })

  it('prefers the counter, which counted on through the gap', () => {
    const joules = hour((minute) => (minute > 10 && minute < 40 ? null : minute * 60 * 300))
    expect(energyOf({ joules, watts: nothing }, 60)).toMatchObject({
      energy_joules: 1_080_000,
      covered_seconds: 3600,
      method: 'counter',
    })
  })

  it('prefers the gauge below a minute, where a counter moves too seldom', () => {
    const energy = energyOf({ joules: [0, 100, 200], watts: [10, 20, 30] }, 15)
    expect(energy).toMatchObject({ energy_joules: 750, method: 'integral' })
  })

  it('is null and not zero when nothing was measured', () => {
    expect(energyOf({ joules: nothing, watts: nothing }, 60)).toMatchObject({
      energy_joules: null,
      covered_seconds: 0,
      method: null,
    })
  })
})
