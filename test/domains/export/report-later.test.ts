import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { GPUS, serveExports } from './serve.ts'

const TODAY = '/api/v1/export/report?template=daily&start_date=2026-11-20&timezone=Europe/Berlin'
const PREFER = { headers: { prefer: 'respond-async' } }

let served: Awaited<ReturnType<typeof serveExports>>
afterEach(async () => served.app.close())

const serve = async () => {
  served = await serveExports({ seoul: GPUS })
  return served.app
}

async function ended(location: string) {
  for (let tries = 0; tries < 600; tries += 1) {
    const { data } = (await served.app.get(location)).json()
    if (data.state === 'done' || data.state === 'failed') return data
    await sleep(20)
  }
  throw new Error('the job does not end')
}

describe('a report in the background', () => {
  it.each([
    ['json', 'application/json; charset=utf-8'],
    ['pdf', 'application/pdf'],
  ])('is what would have been sent: %s', async (format, type) => {
    const app = await serve()
    const reply = await app.get(`${TODAY}&format=${format}`, PREFER)
    expect(reply.statusCode).toBe(202)
    const job = await ended(String(reply.headers.location))
    expect(job).toMatchObject({
      state: 'done',
      export: 'report',
      format,
      progress: { percent: 100, points_done: 2, points_total: 2 },
    })
    const now = (await app.get(`${TODAY}&format=json`)).json()
    expect(job.manifest.figures_sha256).toBe(now.data.manifest.figures_sha256)
    const file = await app.get(job.file.url)
    expect(file.headers['content-type']).toBe(type)
    expect(file.headers['content-disposition']).toContain('kcloud-report-daily-2026-11-20.')
    expect(file.rawPayload.length).toBe(job.file.bytes)
  })

  it('is made as of when it was asked for', async () => {
    const app = await serve()
    const reply = await app.get(`${TODAY}&format=json`, PREFER)
    app.clock.advance(1800)
    const { file } = await ended(String(reply.headers.location))
    const { data } = (await app.get(file.url)).json()
    expect(data.period.end).toBe('2026-11-19T23:45:00.000Z')
  })

  it('has to be, beyond 93 days; and is none beyond 400', async () => {
    const app = await serve()
    const custom = (start: string) =>
      `/api/v1/export/report?template=custom&start_date=${start}&end_date=2026-11-19&format=json`
    const refused = await app.get(custom('2025-10-16'))
    expect(refused.statusCode).toBe(413)
    expect(refused.json().detail).toContain('Prefer: respond-async')
    const wrong = await app.get(custom('2025-10-15'), PREFER)
    expect([wrong.statusCode, wrong.json().errors[0].pointer]).toEqual([400, '/query/end_date'])
    const reply = await app.get(custom('2025-10-16'), PREFER)
    expect(reply.statusCode).toBe(202)
    expect(reply.json().data.progress.points_total).toBe(2 * Math.ceil(400 / 7))
    const removed = await app.send('DELETE', String(reply.headers.location))
    expect(removed.statusCode).toBe(204)
  })

  it('refuses what no report can be at once', async () => {
    const app = await serve()
    const reply = await app.get('/api/v1/export/report?template=custom', PREFER)
    expect(reply.statusCode).toBe(400)
  })
})

describe('many reports', () => {
  it('wait for their turn, and are refused when too many wait', async () => {
    const app = await serve()
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => app.get(`${TODAY}&format=json`)),
    )
    const refused = replies.filter(({ statusCode }) => statusCode === 429)
    // One is being made and eight wait.
    expect(refused).toHaveLength(3)
    expect(refused[0]?.headers['retry-after']).toBe('30')
    expect(replies.filter(({ statusCode }) => statusCode === 200)).toHaveLength(9)
  })

  it('end their reads when the client leaves', async () => {
    const app = await serve()
    await app.fastify.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.fastify.server.address() as AddressInfo
    const path =
      '/api/v1/export/report?template=custom&start_date=2026-09-01&end_date=2026-11-19&format=pdf'
    const headers = { authorization: app.authorization }
    const sent = request({ host: '127.0.0.1', port, path, headers })
    sent.on('error', () => undefined).end()
    await once(sent, 'socket')
    for (let tries = 0; served.fleet.queries.length < 50 && tries < 500; tries += 1) await sleep(10)
    sent.destroy()
    let before = -1
    for (let quiet = 0; quiet < 5;) {
      quiet = served.fleet.queries.length === before ? quiet + 1 : 0
      before = served.fleet.queries.length
      await sleep(100)
    }
    // 160 days of the period and of the one before take far more.
    expect(before).toBeLessThan(1500)
    const next = await app.get(`${TODAY}&format=json`)
    expect(next.statusCode).toBe(200)
  })
})
