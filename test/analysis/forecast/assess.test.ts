import { describe, expect, it } from 'vitest'
import { assess, follow } from '../../../src/analysis/forecast/assess.ts'
import { membersFor, RUNGS, rungOf } from '../../../src/analysis/forecast/ladder.ts'
import { createErrors, naiveScale, skill } from '../../../src/analysis/forecast/scores.ts'
import { coarser, stretchOf } from '../../../src/analysis/forecast/series.ts'
import { createRandom } from '../../../src/analysis/trees/random.ts'

const DAY = 24

/** Watts by the hour: a daily cycle and noise. */
function daily(days: number): Float64Array {
  const random = createRandom(1)
  return Float64Array.from(
    { length: days * DAY },
    (_, hour) => 500 + 100 * Math.sin((2 * Math.PI * hour) / DAY) + 20 * (random() - 0.5),
  )
}

function optionsOf(values: Float64Array) {
  const question = { count: values.length, day: DAY, horizon: 24, isNear: false }
  const members = membersFor(question)
  return { horizon: 24, day: DAY, members, mostOrigins: 64 }
}

const assessed = (values: Float64Array) => assess(values, optionsOf(values))

describe('an assessment', () => {
  it('gives shares that add up to one, with persistence among them', () => {
    const { weights } = assessed(daily(30))
    const sum = [...weights.values()].reduce((all, share) => all + share, 0)
    expect(sum).toBeCloseTo(1, 9)
    expect(weights.get('persistence')).toBeGreaterThan(0)
    expect(weights.get('seasonal_naive_day')).toBeGreaterThan(0.1)
  })

  it('follows a cycle, knows how well, and is wider for more certainty', () => {
    const values = daily(30)
    const { forecast, backtest, widths, confidence } = assessed(values)
    for (const [step, value] of forecast.entries())
      expect(Math.abs(value - (500 + 100 * Math.sin((2 * Math.PI * step) / DAY)))).toBeLessThan(25)
    expect(backtest.skillAgainstPersistence).toBeGreaterThan(0.3)
    expect(backtest.coverage.get(0.9)).toBeGreaterThan(0.8)
    expect(widths.get(0.95)![0]).toBeGreaterThanOrEqual(widths.get(0.8)![0]!)
    expect(confidence[0]).toBeGreaterThan(0.9)
  })

  it('repeats the last value where next to nothing is known, without an interval', () => {
    const { forecast, weights, widths, backtest } = assessed(Float64Array.of(100, 110, 120))
    expect([...forecast]).toEqual(new Array(24).fill(120))
    expect([...weights]).toEqual([['persistence', 1]])
    expect(widths.get(0.9)![0]).toBeNull()
    expect(backtest.coverage.get(0.9)).toBeNull()
  })

  it('does not ask what comes later', () => {
    const values = daily(40)
    const early = values.slice(0, 30 * DAY)
    const changed = values.map((value, hour) => (hour < 30 * DAY ? value : 9999))
    expect(assessed(early).forecast).toEqual(assessed(changed.slice(0, 30 * DAY)).forecast)
  })
})

describe('a series that is followed', () => {
  const whole = daily(44)
  const known = whole.slice(0, 40 * DAY)
  const more = whole.slice(40 * DAY)

  it('has the same forecast whether its values came one by one or at once', () => {
    const [one, other] = [follow(known, optionsOf(known)), follow(known, optionsOf(known))]
    one.append(more)
    for (const value of more) {
      other.append(Float64Array.of(value))
      other.assess()
    }
    const { backtest, ...made } = one.assess()
    const { backtest: judged, ...likewise } = other.assess()
    expect(likewise).toEqual(made)
    expect(judged.combination!.count).toBe(backtest.combination!.count)
    expect(judged.combination!.rmse).toBeCloseTo(backtest.combination!.rmse, 9)
    expect(other.count).toBe(whole.length)
  })

  it('is forecast from its last value, by models that are judged by what came since', () => {
    const followed = follow(known, optionsOf(known))
    const before = followed.assess()
    followed.append(more)
    const { forecast, backtest } = followed.assess()
    for (const [step, value] of forecast.entries())
      expect(Math.abs(value - (500 + 100 * Math.sin((2 * Math.PI * step) / DAY)))).toBeLessThan(25)
    expect(backtest.origins).toBeGreaterThan(before.backtest.origins)
    expect(backtest.days).toBeCloseTo(before.backtest.days + 4, 9)
    expect(backtest.combination!.count).toBeGreaterThan(before.backtest.combination!.count)
  })

  it('falls back to its last value when its level shifts', () => {
    const followed = follow(known, optionsOf(known))
    expect(followed.assess().shift).toBeNull()
    followed.append(Float64Array.of(1500, 1503))
    const { forecast, shift, weights } = followed.assess()
    expect(shift).toMatchObject({ at: 40 * DAY })
    expect([...weights]).toEqual([['persistence', 1]])
    expect([...forecast]).toEqual(new Array(24).fill(1503))
  })
})

describe('the ladder', () => {
  it.each([
    [40, 'under_2_days', ['persistence', 'mean_of_last_hours']],
    [5 * DAY, 'under_14_days', ['persistence', 'seasonal_naive_day', 'mstl_ets']],
    [
      30 * DAY,
      'under_56_days',
      ['persistence', 'seasonal_naive_day', 'seasonal_naive_week', 'ridge', 'mstl_ets'],
    ],
    [
      60 * DAY,
      'full',
      ['persistence', 'seasonal_naive_day', 'seasonal_naive_week', 'ridge', 'mstl_ets'],
    ],
  ] as const)('names the models for %i hours', (count, rung, names) => {
    const question = { count, day: DAY, horizon: 24, isNear: false }
    expect(rungOf(question)).toBe(rung)
    expect(RUNGS[rung]).toMatch(/history/)
    const members = membersFor(question)
    expect(members.map(({ name }) => name)).toEqual(names)
  })
})

describe('scores', () => {
  const scored = (pairs: readonly (readonly [number, number])[]) => {
    const errors = createErrors()
    for (const [forecast, truth] of pairs) errors.add(forecast, truth)
    return errors.scores(naiveScale(Float64Array.of(1, 2, 3, 5)))!
  }

  it('are those of the textbook', () => {
    const { rmse, mae, mape, wape, mase } = scored([
      [110, 100],
      [190, 200],
    ])
    expect(rmse).toBeCloseTo(10, 9)
    expect(mae).toBeCloseTo(10, 9)
    expect(mape).toBeCloseTo(7.5, 9)
    expect(wape).toBeCloseTo(100 / 15, 9)
    expect(mase).toBeCloseTo(10 / (4 / 3), 9)
  })

  it('have no percentage where a truth is near zero', () => {
    expect(
      scored([
        [1, 0],
        [100, 100],
      ]),
    ).toMatchObject({ mape: null, wape: 1 })
  })

  it('compare with a reference, which may not be zero', () => {
    expect(skill(8, 10)).toBeCloseTo(0.2, 9)
    expect(skill(8, 0)).toBeNull()
  })
})

describe('a series with gaps', () => {
  it('is cut at the long ones, and filled along a line at the short ones', () => {
    const long = new Array<null>(7).fill(null)
    const points = [1, 2, ...long, 10, null, null, 16, 17, 18]
    expect(stretchOf(points, 'longest')).toEqual({
      values: Float64Array.of(10, 12, 14, 16, 17, 18),
      start: 9,
      filled: 2,
    })
    expect(stretchOf([null, null], 'last')).toBeNull()
  })

  it('is made coarser by means of what is known, from its end', () => {
    expect(coarser([9, 1, 3, null, 5, null, null], 2)).toEqual([2, 5, null])
  })
})
