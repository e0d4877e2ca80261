import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { scaling } from '../../../src/domains/scaling/index.ts'
import { forecastsOf } from '../../../src/services/scaling/index.ts'
import { historicFleet, startForecasts } from '../../support/forecasts.ts'
import { cluster, NEW_POLICY, startScaling } from '../../support/scaling.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'

/** Every day from nine to eighteen the replicas draw 5,300 W, and 4,000 W before and after. */
function officeWatts(time: Date): number {
  const hour = time.getUTCHours() + time.getUTCMinutes() / 60
  const ripple = 15 * Math.sin(time.getTime() / 300_000)
  return (hour >= 9 && hour < 18 ? 5300 : 4000) + ripple
}

const BEFORE = '2026-11-20T07:50:00Z'
const SHORTLY_BEFORE = '2026-11-20T08:50:00Z'

let models: Awaited<ReturnType<typeof startForecasts>>
let close: (() => Promise<void>) | undefined
beforeAll(async () => {
  models = await startForecasts(historicFleet(officeWatts), { historyDays: 8 })
  // The first forecast of a series takes longest, and a decision does not wait for it.
  const { cluster: name, namespace, ...of } = NEW_POLICY.target
  const controller = { cluster: name, namespace, ...of }
  for (const now of [BEFORE, SHORTLY_BEFORE])
    await models.forecasts.ahead(
      { target: { kind: 'controller', controller }, seconds: 1800, workloadId: null },
      { at: new Date(now), signal: new AbortController().signal },
    )
}, 120_000)
afterAll(() => models.close())
afterEach(async () => {
  await close?.()
  close = undefined
})

/** What a policy decides at a time of the day at which the replicas draw 4,000 W. */
async function decidedAt(now: string, predictive: object) {
  const clock = fakeClock(now)
  const started = await startScaling({ seoul: cluster({ replicas: 10, watts: 395 }) }, clock, {
    options: { forecast: forecastsOf(models.forecasts) },
  })
  const app = await createTestApp([scaling({ scaling: started.scaling, now: clock.now })], {
    clock,
  })
  close = async () => {
    await app.close()
    await started.close()
  }
  const body = { ...NEW_POLICY, min_replicas: 2, predictive_scaling: predictive }
  const made = await app.send('POST', '/api/v1/scaling/policies', { body })
  expect(made.statusCode).toBe(201)
  await started.scaling.turn()
  const { data } = (await app.get('/api/v1/scaling/events')).json()
  const metric = (await app.get('/api/v1/scaling/policies/web-budget/metric')).json()
  return { event: data[0], metric }
}

const AHEAD = { enabled: true, lookahead_minutes: 30, confidence_threshold: 0.8 }

describe('a policy that looks ahead', () => {
  it('sheds before a peak that the history tells of, and says by which forecast', async () => {
    const { event, metric } = await decidedAt(SHORTLY_BEFORE, AHEAD)
    expect(event).toMatchObject({
      action: 'scale_in',
      rule: 'forecast_over_budget',
      current_replicas: 10,
      forecast_used: true,
      forecast: { model: expect.stringMatching(/^persistence\+.*seasonal_naive_day/) },
    })
    expect(event.forecast.peak_power_watts).toBeGreaterThan(4250)
    expect(event.forecast.peak_power_watts).toBeLessThan(5500)
    expect(event.forecast.confidence).toBeGreaterThanOrEqual(0.8)
    // So many that what is expected stays below the upper threshold of 4,250 W.
    const each = Number(event.watts_per_replica)
    const shed = event.current_replicas - event.desired_replicas
    const expected = event.forecast.peak_power_watts - shed * each
    expect(expected).toBeLessThanOrEqual(4250)
    expect(expected + each).toBeGreaterThan(4250)
    expect(event.reason).toMatch(/W expected of 5000 W/)
    expect(metric).toMatchObject({ value: event.desired_replicas, rule: 'forecast_over_budget' })
  })

  it.each([
    ['the peak is further ahead than it looks', BEFORE, AHEAD],
    [
      'it wants to be more certain than anybody is',
      SHORTLY_BEFORE,
      { ...AHEAD, confidence_threshold: 1 },
    ],
    ['it does not look ahead', SHORTLY_BEFORE, { ...AHEAD, enabled: false }],
  ])('holds when %s', async (_, now, predictive) => {
    const { event } = await decidedAt(now, predictive)
    expect(event).toMatchObject({ action: 'hold', rule: 'within_band', desired_replicas: 10 })
    // Not because there was no forecast.
    expect(event.forecast?.problem ?? null).toBeNull()
  })
})
