import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/analysis/trees/random.ts'
import { roll } from '../../support/rolling.ts'
import { etth1, gpuServer, haveSeries } from '../../support/time-series.ts'

const DAY = 24

describe.skipIf(!haveSeries)(
  'the combined forecast on real series, every origin, weekly fits',
  () => {
    it('is better on ETTh1 than the figure we hold ourselves to, and covers what it says', () => {
      // Six weeks of the test part here; all of it in the bench.
      const { combination, persistence, coverage } = roll(etth1(), {
        start: 11_520,
        end: 11_520 + 42 * DAY,
        memory: 8640,
        everySmoothing: 24,
      })
      expect(combination.rmse).toBeLessThan(0.95 * persistence.rmse)
      expect(coverage['0.9']).toBeGreaterThan(0.87)
      expect(coverage['0.9']).toBeLessThan(0.93)
    })

    it('is better than the last value on a GPU server', () => {
      const values = gpuServer('08')
      const { combination, persistence, coverage } = roll(values, {
        start: Math.floor(values.length * 0.8),
        everySmoothing: 24,
      })
      expect(combination.rmse).toBeLessThan(0.95 * persistence.rmse)
      expect(coverage['0.9']).toBeGreaterThan(0.87)
      expect(coverage['0.9']).toBeLessThan(0.93)
    })
  },
)

/** Watts by the hour with a daily cycle, noise that lasts, and jumps to other levels. */
function withShifts(seed: number, { cycle, noise, memory, jumps }: Shape): Float64Array {
  const random = createRandom(seed)
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random())
  let error = 0
  return Float64Array.from({ length: 80 * DAY }, (_, hour) => {
    error = memory * error + noise * normal()
    const level = jumps.reduce((sum, [at, by]) => sum + (hour >= at ? by : 0), 400)
    return level + cycle * Math.sin((2 * Math.PI * (hour % DAY)) / DAY) + error
  })
}
interface Shape {
  readonly cycle: number
  readonly noise: number
  readonly memory: number
  readonly jumps: readonly (readonly [at: number, by: number])[]
}

describe('after a level shift', () => {
  const first = 60 * DAY + 5
  it.each<[string, Shape]>([
    ['a large one on a daily cycle', { cycle: 50, noise: 5, memory: 0.5, jumps: [[first, 200]] }],
    ['one smaller than the cycle', { cycle: 50, noise: 5, memory: 0.5, jumps: [[first, 60]] }],
    ['one of a flat series', { cycle: 0, noise: 5, memory: 0.5, jumps: [[first, 100]] }],
    ['one in lasting noise', { cycle: 20, noise: 8, memory: 0.95, jumps: [[first, 100]] }],
    ['one in white noise', { cycle: 0, noise: 10, memory: 0, jumps: [[first, 60]] }],
    ['one to below', { cycle: 50, noise: 5, memory: 0.5, jumps: [[first, -150]] }],
    [
      'one after another',
      {
        cycle: 50,
        noise: 5,
        memory: 0.5,
        jumps: [
          [first, 120],
          [first + 216, 120],
        ],
      },
    ],
  ])('is never much worse than the last value: %s', (_, shape) => {
    const values = withShifts(7, shape)
    const { combination, persistence } = roll(values, { start: first + 1, everySmoothing: 168 })
    expect(combination.rmse).toBeLessThan(1.05 * persistence.rmse)
  })
})
