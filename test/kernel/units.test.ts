import { describe, expect, it } from 'vitest'
import { factorOf } from '../../src/kernel/units.ts'

describe('factorOf', () => {
  it.each([
    [factorOf('energy', 'millijoules'), 0.001],
    [factorOf('energy', 'kilowatt_hours'), 3_600_000],
    [factorOf('power', 'microwatts'), 1e-6],
    [factorOf('memory', 'mebibytes'), 1],
    [factorOf('memory', 'bytes'), 1 / 1_048_576],
    [factorOf('share', 'ratio'), 100],
  ])('%d is %d', (factor, expected) => {
    expect(factor).toBe(expected)
  })

  it('does not compile with the unit of another dimension', () => {
    // @ts-expect-error watts are no unit of energy
    expect(() => factorOf('energy', 'watts')).toThrow(TypeError)
  })
})
