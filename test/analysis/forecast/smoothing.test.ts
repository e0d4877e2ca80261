import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { initSync, MSTL } from '@bsull/augurs/mstl'
import { describe, expect, it } from 'vitest'
import { smoothed } from '../../../src/analysis/forecast/ets.ts'
import { leastOf } from '../../../src/analysis/forecast/minimum.ts'
import { mstlEts, seasonsOf } from '../../../src/analysis/forecast/mstl.ts'
import { loess, movingMean } from '../../../src/analysis/forecast/smoothing.ts'
import { stl } from '../../../src/analysis/forecast/stl.ts'
import { createRandom } from '../../../src/analysis/trees/random.ts'

const series = (count: number, at: (place: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, place) => at(place))

const wave = (place: number, period: number): number => Math.sin((2 * Math.PI * place) / period)

const farthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, place) => Math.max(most, Math.abs(value - b[place]!)), 0)

describe('local regression', () => {
  it('leaves a line as it is, also beyond its ends', () => {
    const line = series(40, (place) => 3 + 2 * place)
    for (const span of [3, 11, 31, 81]) {
      const smooth = loess(line, { span, fit: 'line', beyond: 1 })
      expect(
        farthest(
          smooth,
          series(42, (place) => 1 + 2 * place),
        ),
      ).toBeLessThan(1e-9)
    }
  })

  it('gives one value where there is one', () => {
    expect([...loess(Float64Array.of(7), { span: 11, fit: 'mean', beyond: 1 })]).toEqual([7, 7, 7])
    expect([...loess(Float64Array.of(7), { span: 11, fit: 'line' })]).toEqual([7])
  })
})

describe('a moving mean', () => {
  it('has a value for each place that is full', () => {
    expect([...movingMean(Float64Array.of(1, 2, 3, 6), 2)]).toEqual([1.5, 2.5, 4.5])
  })
})

describe('seasons', () => {
  it('are told from a trend', () => {
    const values = series(20 * 24, (place) => 100 + 0.1 * place + 30 * wave(place, 24))
    const { seasonal, trend } = stl(values, 24, 11)
    expect(
      farthest(
        seasonal,
        series(480, (place) => 30 * wave(place, 24)),
      ),
    ).toBeLessThan(1)
    expect(
      farthest(
        trend,
        series(480, (place) => 100 + 0.1 * place),
      ),
    ).toBeLessThan(1)
  })

  it('of two lengths and the rest add up to the series', () => {
    const random = createRandom(4)
    const values = series(
      672,
      (place) => 50 * wave(place, 24) + 20 * wave(place, 168) + 5 * random(),
    )
    const { rest, parts } = seasonsOf(values, [24, 168])
    const sum = rest.map((value, place) => value + parts[0]![place]! + parts[1]![place]!)
    expect(farthest(sum, values)).toBeLessThan(1e-9)
    expect(farthest(rest, new Float64Array(672))).toBeLessThan(10)
  })
})

describe('exponential smoothing', () => {
  it.each<[string, (place: number, random: () => number) => number, number]>([
    ['the mean of what is all chance', (_, random) => 100 + random() - 0.5, 100],
    ['a constant', () => 42, 42],
  ])('repeats %s', (_, at, expected) => {
    const random = createRandom(2)
    const ahead = smoothed(
      series(500, (place) => at(place, random)),
      24,
    )
    for (const value of ahead) expect(Math.abs(value - expected)).toBeLessThan(0.2)
  })

  it('stays where a walk has come to', () => {
    const random = createRandom(3)
    let level = 0
    const walk = series(500, () => (level += random() - 0.5))
    const ahead = smoothed(walk, 5)
    for (const value of ahead) expect(Math.abs(value - walk.at(-1)!)).toBeLessThan(0.3)
  })

  it('goes on with a trend, ever less', () => {
    const ahead = smoothed(
      series(200, (place) => 10 * place),
      24,
    )
    expect(ahead[0]).toBeCloseTo(2000, 0)
    const steps = [...ahead].slice(1).map((value, step) => value - ahead[step]!)
    for (const [step, rise] of steps.entries()) {
      expect(rise).toBeGreaterThan(0)
      expect(rise).toBeLessThanOrEqual(steps[step - 1] ?? 10)
    }
  })
})

describe('the least of a function', () => {
  it('is found nearby', () => {
    const [x = 0, y = 0] = leastOf(([a = 0, b = 0]) => (a - 3) ** 2 + 10 * (b + 1 - a) ** 2, {
      start: [0, 0],
      step: [1, 1],
      most: 300,
    })
    expect(x).toBeCloseTo(3, 2)
    expect(y).toBeCloseTo(2, 2)
  })

  it('is asked for no more often than allowed', () => {
    let asked = 0
    const of = ([a = 0]: readonly number[]) => ((asked += 1), Math.sin(a * 1e9))
    leastOf(of, { start: [0], step: [1], most: 20 })
    expect(asked).toBeLessThanOrEqual(23)
  })
})

describe('seasons and smoothing together', () => {
  it.each([
    ['three values', series(3, (place) => place)],
    ['less than two periods', series(48, (place) => place)],
  ])('say nothing of %s', (_, values) => {
    const fitted = mstlEts(24, [24]).fit(values, values.length)
    expect(fitted!.predict(values, values.length - 1)).toBeNull()
  })

  it.each<[string, Float64Array, readonly number[]]>([
    ['a constant', series(672, () => 300), [24, 168]],
    ['zeros', series(672, () => 0), [24, 168]],
    ['a value a day', series(60, (place) => 300 + place), [1, 7]],
    ['a spike at the end', series(672, (place) => (place === 671 ? 9000 : 300)), [24]],
  ])('stay finite and within reach of %s', (_, values, seasons) => {
    const ahead = mstlEts(24, seasons)
      .fit(values, 0)!
      .predict(values, values.length - 1)
    for (const value of ahead ?? []) {
      expect(value).toBeGreaterThanOrEqual(-9000)
      expect(value).toBeLessThanOrEqual(18_000)
    }
  })

  it('forecast as a published library does', () => {
    const require = createRequire(import.meta.url)
    const path = require.resolve('@bsull/augurs/mstl').replace(/mstl\.js$/, 'mstl_bg.wasm')
    initSync({ module: readFileSync(path) })
    const random = createRandom(9)
    let error = 0
    const values = series(672, (place) => {
      error = 0.8 * error + 4 * (random() - 0.5)
      return 500 + 60 * wave(place, 24) + 25 * wave(place, 168) + error
    })
    const model = MSTL.ets(Uint32Array.of(24, 168))
    model.fit(values)
    const theirs = Float64Array.from(model.predict(24).point)
    model.free()
    const ours = mstlEts(24, [24, 168]).fit(values, 0)!.predict(values, 671)!
    // A fiftieth of the cycle: which smoothing is chosen for the rest may differ.
    expect(farthest(ours, theirs)).toBeLessThan(1.2)
  })
})
