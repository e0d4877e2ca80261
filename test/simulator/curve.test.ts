import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curve, modulo, type Knot } from '../../src/simulator/curve.ts'
import { noiseAt, noiseSeconds } from '../../src/simulator/noise.ts'

const PERIOD = 60

/** Curves with knots, and jumps, at whole seconds. */
const knots = fc
  .array(fc.tuple(fc.integer({ min: 1, max: PERIOD - 1 }), fc.integer({ min: 0, max: 100 })), {
    maxLength: 12,
  })
  .map((inner): Knot[] => {
    const sorted = [...inner].sort(([a], [b]) => a - b)
    return [[0, 5], ...sorted, [PERIOD, 7]]
  })

/** Exact for lines that only bend at whole seconds. */
function middleSum(at: (seconds: number) => number, from: number, until: number): number {
  let sum = 0
  for (let second = from; second < until; second += 1) sum += at(second + 0.5)
  return sum
}

describe('a curve', () => {
  it('has the integral that its values have', () => {
    fc.assert(
      fc.property(
        knots,
        fc.integer({ min: -500, max: 500 }),
        fc.nat(200),
        (shape, from, length) => {
          const { at, integral } = curve(shape)
          const exact = integral(from + length) - integral(from)
          expect(exact).toBeCloseTo(middleSum(at, from, from + length), 6)
        },
      ),
    )
  })

  it('comes again after its period, also before 1970', () => {
    fc.assert(
      fc.property(
        knots,
        fc.integer({ min: -9, max: 9 }),
        fc.nat(PERIOD - 1),
        (shape, round, at) => {
          expect(curve(shape).at(round * PERIOD + at)).toBe(curve(shape).at(at))
        },
      ),
    )
    expect(modulo(-1, PERIOD)).toBe(PERIOD - 1)
  })

  it('takes the later value at a jump', () => {
    const step = curve([
      [0, 1],
      [10, 1],
      [10, 3],
      [20, 3],
    ])
    expect([step.at(9.999), step.at(10)]).toEqual([1, 3])
  })
})

describe('noise', () => {
  it('has the integral that its values have, and stays small for ever', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(2_000_000_000), fc.nat(600), (seed, from, length) => {
        const exact = noiseSeconds(seed, { from, until: from + length })
        expect(exact).toBeCloseTo(
          middleSum((seconds) => noiseAt(seed, seconds), from, from + length),
          6,
        )
        expect(Math.abs(exact)).toBeLessThan(60)
      }),
    )
  })
})
