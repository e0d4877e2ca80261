import { afterEach, describe, expect, it } from 'vitest'
import { SEOUL, servePower, type Served } from './served.ts'

let served: Served | undefined
afterEach(async () => served?.close())
const serve = async (...args: Parameters<typeof servePower>) => (served = await servePower(...args))

describe('GET /power/collector', () => {
  it('shows what was collected and delivered, and how far it is behind', async () => {
    const { get, collector } = await serve({ seoul: SEOUL }, { collects: true })
    await collector?.tick()
    const { status, data } = await get('/api/v1/power/collector')
    expect(status).toBe(200)
    expect(data).toMatchObject({
      running: false,
      interval_seconds: 60,
      collected_intervals: 1,
      collected_rows: 3,
      failures: 0,
      collected_until: '2026-11-19T23:59:00.000Z',
      lag_seconds: 60,
      sinks: [
        {
          name: 'store',
          state: 'ok',
          delivered_batches: 1,
          delivered_rows: 3,
          queued_bytes: 0,
          lag_seconds: 0,
        },
      ],
    })
    expect((await get('/power/collector')).status).toBe(200)
    expect((await get('/api/v1/power/collector', { auth: false })).status).toBe(401)
    expect((await get('/api/v1/power/collector?verbose=1')).errors[0].pointer).toBe(
      '/query/verbose',
    )
  })

  it('is started and stopped', async () => {
    const { get, post } = await serve({ seoul: SEOUL }, { collects: true })
    expect((await post('/api/v1/power/collector/start')).data.running).toBe(true)
    expect((await get('/api/v1/power/collector')).data.running).toBe(true)
    expect((await post('/api/v1/power/collector/start')).data.running).toBe(true)
    expect((await post('/api/v1/power/collector/stop')).data.running).toBe(false)
    expect((await post('/power/collector/stop', undefined, { auth: false })).status).toBe(401)
  })

  it('is not found where none is configured, with what would configure it', async () => {
    const { get, post } = await serve({ seoul: SEOUL })
    const { status, detail } = await get('/api/v1/power/collector')
    expect(status).toBe(404)
    expect(detail).toContain('COLLECTOR_ENABLED')
    expect((await post('/api/v1/power/collector/start')).status).toBe(404)
  })
})
