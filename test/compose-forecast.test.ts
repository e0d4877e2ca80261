import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { forecastObserver } from '../src/compose-forecast.ts'
import { forecastMetrics } from '../src/http/forecast-metrics.ts'
import {
  createForecastEvents,
  type ForecastEvent,
  type SeenForecast,
} from '../src/services/forecast/index.ts'
import { fakeClock } from './support/test-app.ts'

const NOON = new Date('2026-11-20T12:00:00Z')

function observed() {
  const register = new Registry()
  const told: { readonly modelId: string; readonly event: ForecastEvent }[] = []
  const data: string[] = []
  const events = createForecastEvents()
  const clock = fakeClock(NOON.toISOString())
  const observer = forecastObserver(
    {
      now: clock.now,
      metrics: forecastMetrics(register),
      journal: {
        forecast: (modelId, event) => told.push({ modelId, event }),
        trained: () => undefined,
        jobFailed: () => undefined,
      },
      events: { add: ({ title }) => data.push(title) },
    },
    events,
  )
  const see = (seen: Partial<SeenForecast>) => {
    observer.forecast({
      modelId: 'power.fleet',
      seconds: 0.02,
      rmse: 100,
      coverage: 0.9,
      shift: null,
      version: { number: 1, rmse: 100 },
      ...seen,
    })
  }
  return { observer, see, events, told, data, register, clock }
}

describe('what is told of a model', () => {
  it('is a jump to another level, once', () => {
    const { see, events, told, data } = observed()
    see({})
    expect(told).toEqual([])
    for (let asked = 0; asked < 3; asked += 1) see({ shift: { at: NOON, byWatts: 512.4 } })
    const event = { at: NOON, kind: 'level_shift', detail: 'the level changed by 512 W' }
    expect(told).toEqual([{ modelId: 'power.fleet', event }])
    expect(events.of('power.fleet')).toEqual([event])
    expect(data).toHaveLength(1)
    see({ shift: { at: new Date(NOON.getTime() + 1), byWatts: -200 } })
    expect(told).toHaveLength(2)
  })

  it('is an error half as large again as that of the training, once for each version', () => {
    const { see, told, clock } = observed()
    see({ rmse: 149 })
    see({ rmse: null })
    see({ rmse: 500, version: null })
    see({ rmse: 500, version: { number: 1, rmse: null } })
    expect(told).toEqual([])
    for (let asked = 0; asked < 3; asked += 1) see({ rmse: 180 })
    expect(told.map(({ event }) => event)).toEqual([
      { at: NOON, kind: 'drift', detail: 'the error is 1.80 times that of the training' },
    ])
    clock.advance(3600)
    see({ rmse: 180 })
    see({ rmse: 300, version: { number: 2, rmse: 180 } })
    expect(told).toHaveLength(2)
  })

  it('are metrics: its error, its coverage, and the time of forecasts and trainings', async () => {
    const { see, observer, register } = observed()
    see({ rmse: 123.5, coverage: 0.91 })
    observer.trained({
      model_id: 'power.fleet',
      version: 2,
      activated: true,
      reason: 'better',
      seconds: 16,
      rmse_watts: 120,
    })
    const text = await register.metrics()
    for (const line of [
      'forecast_rmse_watts{model="power.fleet"} 123.5',
      'forecast_coverage_ratio{model="power.fleet"} 0.91',
      'forecast_inference_seconds_bucket{le="0.025"} 1',
      'forecast_inference_seconds_count 1',
      'forecast_training_seconds_bucket{le="10"} 0',
      'forecast_training_seconds_bucket{le="30"} 1',
    ])
      expect(text).toContain(line)
  })
})
