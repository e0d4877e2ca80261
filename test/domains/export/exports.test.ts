import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { TestApp } from '../../support/test-app.ts'
import { GPUS, serveExports } from './serve.ts'

const DOWN = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
} as const

const apps: TestApp[] = []
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

async function serve(...asked: Parameters<typeof serveExports>) {
  const served = await serveExports(...asked)
  apps.push(served.app)
  return served
}

const rowsOf = (csv: string): readonly (readonly string[])[] =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))

describe('GET /export/metrics', () => {
  it('gives each thing a row for each point, with a column for each measure', async () => {
    const { app } = await serve({ seoul: GPUS })
    const reply = await app.get(
      '/api/v1/export/metrics?metric=power_watts,gpu_utilization_percent&period=2m&step=1m&format=csv',
    )
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    expect(reply.headers['content-disposition']).toBe(
      'attachment; filename="kcloud-metrics-gpu-20261119T235800Z-20261120T000000Z.csv"',
    )
    const [header, ...rows] = rowsOf(reply.body)
    expect(header?.join()).toBe(
      'time,cluster,node,vendor,model,uuid,device_index,power_watts,gpu_utilization_percent,sources',
    )
    expect(rows).toHaveLength(3 * 8)
    expect(rows[1]?.slice(0, 7)).toEqual([
      '2026-11-19T23:58:00.000Z',
      'seoul',
      'node-a',
      'nvidia',
      'NVIDIA A100',
      'GPU-1',
      '1',
    ])
    expect(rows[1]?.slice(8)).toEqual(['10', 'dcgm'])
  })

  it('has the figures that the time series have', async () => {
    const { app } = await serve({ seoul: GPUS })
    const window = 'period=30m&step=1m'
    const file = await app.get(
      `/api/v1/export/metrics?metric=power_watts&by=node&aggregation=sum&${window}`,
    )
    const series = await app.get(
      `/api/v1/monitoring/timeseries/metrics?metric=power_watts&by=node&aggregation=sum&${window}`,
    )
    const told = series.json().data.series.flatMap((each: any) =>
      each.points.map(([seconds, value]: [number, number]) => ({
        time: new Date(seconds * 1000).toISOString(),
        ...each.key,
        power_watts_sum: value,
        sources: 'dcgm',
      })),
    )
    const byTime = (a: any, b: any) =>
      a.time === b.time ? a.node.localeCompare(b.node) : a.time.localeCompare(b.time)
    expect(file.json().data).toEqual(told.sort(byTime))
    expect(told).toHaveLength(2 * 31)
  })

  it('has the same rows however the window is cut', async () => {
    const { app } = await serve({ seoul: GPUS })
    const ask = async (window: string) => {
      const reply = await app.get(
        `/api/v1/export/metrics?metric=power_watts&step=15s&format=ndjson&${window}`,
      )
      return reply.body
    }
    const whole = await ask('start=2026-11-19T23:10:00Z&end=2026-11-20T00:00:00Z')
    const first = await ask('start=2026-11-19T23:10:00Z&end=2026-11-19T23:40:00Z')
    const second = await ask('start=2026-11-19T23:40:15Z&end=2026-11-20T00:00:00Z')
    expect(first + second).toBe(whole)
  })

  it.each([
    ['metric=power_watts,load1,gpu_utilization_percent', '/query/metric'],
    ['metric=power', '/query/metric'],
    ['', '/query/metric'],
    ['metric=power_watts&entity=pod', '/query/entity'],
    ['metric=power_watts&by=pod', '/query/by'],
    ['metric=gpu_temperature_celsius&by=node&aggregation=sum', '/query/aggregation'],
    ['metric=power_watts&step=0s', '/query/step'],
    ['metric=power_watts&format=xls', '/query/format'],
    ['metric=power_watts&bom=1', '/query/bom'],
    ['metric=power_watts&colour=red', '/query/colour'],
  ])('refuses %s', async (query, pointer) => {
    const { app } = await serve({ seoul: GPUS })
    const reply = await app.get(`/api/v1/export/metrics?${query}`)
    expect([reply.statusCode, reply.json().errors?.[0]?.pointer]).toEqual([400, pointer])
  })
})

describe('GET /export/power', () => {
  it('adds up to the total of the time series', async () => {
    const { app } = await serve({ seoul: GPUS })
    const window = 'period=10m&step=1m'
    const file = await app.get(`/api/v1/export/power?by=node&${window}`)
    const series = await app.get(`/api/v1/monitoring/timeseries/power?${window}`)
    const totals = new Map<string, number>()
    const rows: { time: string; power_watts: number }[] = file.json().data
    for (const { time, power_watts: watts } of rows)
      totals.set(time, (totals.get(time) ?? 0) + watts)
    const points: [number, number][] = series.json().data.series[0].points
    expect(totals.size).toBe(11)
    for (const [seconds, watts] of points)
      expect(totals.get(new Date(seconds * 1000).toISOString())).toBeCloseTo(watts, 6)
  })

  it('says where it comes from, and how to tell that it is whole', async () => {
    const { app } = await serve({ seoul: GPUS })
    const reply = await app.get('/api/v1/export/power?by=cluster&period=2m&step=1m')
    const { manifest, data, end } = reply.json()
    expect(manifest).toMatchObject({
      export: 'power',
      format: 'json',
      producer: 'KCloud Monitor 0.0.0-test',
      created_at: '2026-11-20T00:00:00.000Z',
      parameters: { cluster: null, by: 'cluster', idle: 'separate', partial: 'deny' },
      window: {
        start: '2026-11-19T23:58:00.000Z',
        end: '2026-11-20T00:00:00.000Z',
        step_seconds: 60,
      },
    })
    const lines = data.map((row: object) => `${JSON.stringify(row)}\n`).join('')
    expect(end).toMatchObject({
      status: 'complete',
      clusters: [{ name: 'seoul', status: 'ok' }],
      row_count: 3,
      rows_sha256: createHash('sha256').update(lines).digest('hex'),
    })
  })

  it('has one sum of the rows in every format, and keeps the manifest of each', async () => {
    const { app } = await serve({ seoul: GPUS })
    const sums = new Set<string>()
    for (const format of ['json', 'ndjson', 'csv', 'parquet', 'excel']) {
      const reply = await app.get(`/api/v1/export/power?period=5m&step=1m&format=${format}`)
      const [, path = ''] = /<(.+)>/.exec(String(reply.headers.link)) ?? []
      const kept = (await app.get(path)).json().data
      expect(kept).toMatchObject({ state: 'done', bytes: reply.rawPayload.length })
      expect(kept.sha256).toBe(createHash('sha256').update(reply.rawPayload).digest('hex'))
      expect(reply.trailers).toMatchObject({
        'x-export-status': 'complete',
        'x-export-rows': '6',
        'x-export-sha256': kept.sha256,
      })
      sums.add(kept.manifest.rows_sha256)
    }
    expect(sums.size).toBe(1)
  })

  it('names an unknown cluster, and asks for credentials', async () => {
    const { app } = await serve({ seoul: GPUS })
    expect((await app.get('/api/v1/export/power?cluster=paris')).statusCode).toBe(404)
    expect((await app.get('/api/v1/export/power', { auth: false })).statusCode).toBe(401)
  })

  it('refuses to be partial, unless that is welcome', async () => {
    const { app } = await serve({ seoul: GPUS, busan: DOWN })
    const refused = await app.get('/api/v1/export/power?period=2m')
    expect(refused.statusCode).toBe(503)
    expect(refused.json()).toMatchObject({
      type: '/problems/partial_refused',
      detail: expect.stringContaining('busan (unreachable)'),
    })
    const reply = await app.get('/api/v1/export/power?period=2m&step=1m&partial=allow')
    expect(reply.statusCode).toBe(200)
    expect(reply.json().end).toMatchObject({
      status: 'partial',
      row_count: 3,
      warnings: [{ code: 'cluster_unavailable', cluster: 'busan' }],
    })
  })

  it('is a problem, and no file, when no cluster answers', async () => {
    const { app } = await serve({ seoul: DOWN })
    const reply = await app.get('/api/v1/export/power?format=csv')
    expect(reply.statusCode).toBe(502)
    expect(reply.headers['content-type']).toBe('application/problem+json')
  })

  it('refuses more than is allowed, with an estimate and what would fit', async () => {
    const { app } = await serve({ seoul: GPUS }, { rows: 100 })
    const reply = await app.get('/api/v1/export/metrics?metric=power_watts&period=1h&step=15s')
    expect(reply.statusCode).toBe(413)
    const { estimate } = reply.json()
    expect(estimate).toMatchObject({ rows: 241 * 8, limit_rows: 100 })
    expect(estimate.suggestion).toMatch(/^step=5m over this window, or a window of 3m at this step/)
    const fits = await app.get('/api/v1/export/metrics?metric=power_watts&period=3m&step=15s')
    expect(fits.statusCode).toBe(413)
  })

  it('answers HEAD with what the file would be called', async () => {
    const { app } = await serve({ seoul: GPUS })
    const reply = await app.fastify.inject({
      method: 'HEAD',
      url: '/api/v1/export/power?format=parquet&period=2m',
      headers: { authorization: app.authorization },
    })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['content-disposition']).toMatch(/\.parquet"$/)
    expect(reply.headers['x-export-estimated-rows']).toBe('9')
    expect(reply.body).toBe('')
  })
})

describe('GET /export/formats', () => {
  it('describes every format', async () => {
    const { app } = await serve({ seoul: GPUS })
    const { data } = (await app.get('/api/v1/export/formats')).json()
    expect(data.map(({ name, extension }: any) => [name, extension])).toEqual([
      ['json', '.json'],
      ['ndjson', '.ndjson'],
      ['csv', '.csv'],
      ['parquet', '.parquet'],
      ['excel', '.xlsx'],
      ['pdf', '.pdf'],
    ])
  })
})

describe('GET /export/manifests/{id}', () => {
  it('does not know what nobody asked for', async () => {
    const { app } = await serve({ seoul: GPUS })
    const id = '00000000-0000-4000-8000-000000000000'
    expect((await app.get(`/api/v1/export/manifests/${id}`)).statusCode).toBe(404)
    expect((await app.get('/api/v1/export/manifests/x')).statusCode).toBe(400)
  })
})

describe('an export in the background', () => {
  const PREFER = { headers: { prefer: 'respond-async, wait=1' } }
  const PATH = '/api/v1/export/metrics?metric=power_watts&period=10m&step=15s&format=csv'

  async function done(app: TestApp, location: string) {
    for (let tries = 0; tries < 200; tries += 1) {
      const { data } = (await app.get(location)).json()
      if (data.state === 'done' || data.state === 'failed') return data
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('the job does not end')
  }

  it('is made while nobody waits, and is what would have been sent', async () => {
    const { app } = await serve({ seoul: GPUS }, { rows: 10 })
    expect((await app.get(PATH)).json().estimate.suggestion).toContain('Prefer: respond-async')
    const reply = await app.get(PATH, PREFER)
    expect(reply.statusCode).toBe(202)
    expect(reply.headers['preference-applied']).toBe('respond-async')
    const location = String(reply.headers.location)
    expect(location).toBe(`/api/v1/export/jobs/${reply.json().data.id}`)
    const job = await done(app, location)
    expect(job).toMatchObject({
      state: 'done',
      progress: { percent: 100, points_done: 41, points_total: 41, rows: 41 * 8 },
      manifest: { row_count: 41 * 8, status: 'complete' },
      problem: null,
    })
    const file = await app.get(job.file.url)
    expect(file.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-length': String(job.file.bytes),
      'accept-ranges': 'bytes',
      etag: `"${job.file.sha256}"`,
    })
    expect(createHash('sha256').update(file.rawPayload).digest('hex')).toBe(job.file.sha256)
    expect(rowsOf(file.body)).toHaveLength(1 + 41 * 8)
  })

  it('gives its file in parts', async () => {
    const { app } = await serve({ seoul: GPUS })
    const location = String((await app.get(PATH, PREFER)).headers.location)
    const { file } = await done(app, location)
    const whole = (await app.get(file.url)).rawPayload
    const part = async (range: string, more: Record<string, string> = {}) => {
      const reply = await app.get(file.url, { headers: { range, ...more } })
      return [reply.statusCode, reply.headers['content-range'], reply.rawPayload] as const
    }
    const of = (first: number, last: number) =>
      [206, `bytes ${first}-${last}/${whole.length}`, whole.subarray(first, last + 1)] as const
    expect(await part('bytes=0-99')).toEqual(of(0, 99))
    expect(await part('bytes=100-')).toEqual(of(100, whole.length - 1))
    expect(await part('bytes=-10')).toEqual(of(whole.length - 10, whole.length - 1))
    expect(await part(`bytes=50-${whole.length + 5}`)).toEqual(of(50, whole.length - 1))
    expect((await part(`bytes=${whole.length}-`)).slice(0, 2)).toEqual([
      416,
      `bytes */${whole.length}`,
    ])
    for (const [range, more] of [
      ['bytes=9-5', {}],
      ['bytes=0-1,5-6', {}],
      ['lines=0-5', {}],
      ['bytes=0-99', { 'if-range': '"another"' }],
    ] as const)
      expect(await part(range, more)).toEqual([200, undefined, whole])
    const known = await app.get(file.url, { headers: { 'if-none-match': `"${file.sha256}"` } })
    expect(known.statusCode).toBe(304)
  })

  it('is listed, and goes when it is removed', async () => {
    const { app } = await serve({ seoul: GPUS })
    const location = String((await app.get(PATH, PREFER)).headers.location)
    await done(app, location)
    expect((await app.get('/api/v1/export/jobs')).json().data).toHaveLength(1)
    expect((await app.send('DELETE', location)).statusCode).toBe(204)
    expect((await app.get('/api/v1/export/jobs')).json().data).toEqual([])
    expect((await app.get(location)).statusCode).toBe(404)
    expect((await app.get(`${location}/file`)).statusCode).toBe(404)
    expect((await app.send('DELETE', location)).statusCode).toBe(404)
    expect((await app.get(location, { auth: false })).statusCode).toBe(401)
  })

  it('says why it has no file, and is refused when it is too large for a job', async () => {
    const { app, fleet } = await serve({ seoul: GPUS }, { jobRows: 400 })
    const later = '/api/v1/export/metrics?metric=power_watts&period=1h&step=15s'
    expect((await app.get(later, PREFER)).statusCode).toBe(413)
    fleet.set('seoul', DOWN)
    expect((await app.get(PATH, PREFER)).statusCode).toBe(502)
  })
})
