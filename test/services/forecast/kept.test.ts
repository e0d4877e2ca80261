import { afterEach, describe, expect, it } from 'vitest'
import type { FleetReader } from '../../../src/services/fleet/index.ts'
import { dailyWatts, historicFleet, startForecasts } from '../../support/forecasts.ts'
import { fakeClock } from '../../support/test-app.ts'

let close: (() => Promise<void>) | undefined
afterEach(async () => close?.())

/** Forecasts of a cluster, and how often its history was read. */
async function start(status: 'ok' | 'timeout' = 'ok') {
  const clock = fakeClock('2026-11-20T00:00:10Z')
  const fleet = historicFleet(dailyWatts)
  const reads = { count: 0, revision: 0 }
  const counted = {
    during: async (...question: Parameters<FleetReader['during']>) => {
      reads.count += 1
      const window = await fleet.during(...question)
      return { ...window, clusters: [{ name: 'seoul', status }] }
    },
  } as Partial<FleetReader> as FleetReader
  const started = await startForecasts(counted, { now: clock.now, revision: () => reads.revision })
  close = () => started.close()
  const ask = async (prediction_horizon?: string) =>
    await started.forecasts.power(
      { cluster: 'seoul', prediction_horizon },
      { at: clock.now(), signal: new AbortController().signal },
    )
  return { ask, clock, reads, ...started }
}

describe('a forecast that was made', () => {
  it('is there for whoever asks again, until there is a new value or some minutes have passed', async () => {
    const { ask, clock, reads } = await start()
    const first = await ask()
    expect(await ask()).toEqual(first)
    expect(reads.count).toBe(1)
    clock.advance(301)
    expect(await ask()).toEqual(first)
    expect(reads.count).toBe(2)
    clock.advance(3600)
    const next = await ask()
    expect(reads.count).toBe(3)
    expect(next.answer.predictions[0]!.timestamp).toEqual(new Date('2026-11-20T02:00:00Z'))
    expect(next.answer.training!.end).toEqual(new Date('2026-11-20T01:00:00Z'))
  })

  it('is for its horizon only, and for the clusters that there were', async () => {
    const { ask, reads } = await start()
    await ask()
    const { answer } = await ask('30m')
    expect(answer.step_seconds).toBe(300)
    expect(reads.count).toBe(2)
    reads.revision += 1
    await ask()
    expect(reads.count).toBe(3)
  })

  it('is not there again when a cluster did not answer', async () => {
    const { ask, reads } = await start('timeout')
    await ask()
    await ask()
    expect(reads.count).toBe(2)
  })

  it('is made again when another version serves', async () => {
    const { ask, forecasts, clock } = await start()
    expect((await ask()).answer.model_version).toBe('fitted-now')
    const by = { user: 'tester', at: clock.now() }
    const { id } = await forecasts.jobs.retrain({ kind: 'cluster', cluster: 'seoul' }, by)
    await expect
      .poll(async () => (await forecasts.jobs.one('training', id)).state, { timeout: 60_000 })
      .toBe('done')
    expect((await ask()).answer.model_version).toBe('power.cluster.seoul@v1')
  }, 90_000)
})
