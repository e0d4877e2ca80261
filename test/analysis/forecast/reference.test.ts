import { describe, expect, it } from 'vitest'
import {
  persistence,
  seasonalNaive,
  meanOfLast,
  type Fitted,
} from '../../../src/analysis/forecast/members.ts'
import { ridgeWithPenalty } from '../../../src/analysis/forecast/ridge.ts'
import { createErrors } from '../../../src/analysis/forecast/scores.ts'
import { etth1, gpuServer, haveSeries } from '../../support/time-series.ts'

/** Every origin from the one before `start` on, whose truth is known in full. */
function scoresOf(values: Float64Array, fitted: Fitted | null, start: number, horizon: number) {
  const errors = createErrors()
  for (let origin = start - 1; origin + horizon < values.length; origin += 1) {
    const next = fitted?.predict(values, origin)
    for (let step = 0; step < horizon; step += 1)
      errors.add(next?.[step] ?? Number.NaN, values[origin + 1 + step]!)
  }
  return errors.scores(null)!
}

describe.skipIf(!haveSeries)('the harness against the published reference figures', () => {
  const TEST = 11_520
  it.each([
    ['persistence', 24, () => persistence(24).fit(new Float64Array(), 0), 0.0343, 0.1394],
    [
      'seasonal-naive of a day',
      24,
      () => seasonalNaive('seasonal_naive_day', 24, 24).fit(new Float64Array(), 0),
      0.0458,
      0.1663,
    ],
    [
      'seasonal-naive of a week',
      24,
      () => seasonalNaive('seasonal_naive_week', 24, 168).fit(new Float64Array(), 0),
      0.1111,
      0.2635,
    ],
    ['persistence', 96, () => persistence(96).fit(new Float64Array(), 0), 0.0693, 0.2033],
  ] as const)('gives the error of %s on ETTh1, %i hours ahead', (_, horizon, fit, mse, mae) => {
    const { rmse, mae: own } = scoresOf(etth1(), fit(), TEST, horizon)
    expect(rmse ** 2).toBeCloseTo(mse, 4)
    expect(own).toBeCloseTo(mae, 4)
  })

  it.each([
    [24, 168, 0.0264, 0.1236],
    [96, 336, 0.0538, 0.1763],
  ])('gives the error of ridge regression on ETTh1, %i hours ahead', (horizon, lags, mse, mae) => {
    const values = etth1()
    const fitted = ridgeWithPenalty(values, 8640, { horizon, lags, penalty: 0.01 })
    const { rmse, mae: own } = scoresOf(values, fitted, TEST, horizon)
    expect(Math.abs(rmse ** 2 - mse)).toBeLessThan(0.0004)
    expect(Math.abs(own - mae)).toBeLessThan(0.0005)
  })

  it.each([
    ['05', 66.9, 30.0, 80.8, 67.6, 64.4],
    ['07', 27.6, 7.2, 34.1, 30.4, 29.0],
    ['08', 94.1, 50.0, 116.9, 98.4, 85.2],
  ] as const)(
    'gives the errors on GPU server %s, a day ahead',
    (id, rmse, mae, daily, mean, linear) => {
      const values = gpuServer(id)
      const end = Math.floor(values.length * 0.6)
      const start = Math.floor(values.length * 0.8)
      const of = (fitted: Fitted | null) => scoresOf(values, fitted, start, 24)
      const last = of(persistence(24).fit(values, end))
      expect(Math.abs(last.rmse - rmse)).toBeLessThan(0.1)
      expect(Math.abs(last.mae - mae)).toBeLessThan(0.1)
      expect(
        Math.abs(of(seasonalNaive('seasonal_naive_day', 24, 24).fit(values, end)).rmse - daily),
      ).toBeLessThan(0.15)
      expect(Math.abs(of(meanOfLast(24, 24).fit(values, end)).rmse - mean)).toBeLessThan(0.15)
      const ridge = ridgeWithPenalty(values, end, { horizon: 24, lags: 168, penalty: 0.01 })
      expect(Math.abs(of(ridge).rmse - linear)).toBeLessThan(0.8)
    },
  )
})
