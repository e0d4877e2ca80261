import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import {
  influxSink,
  redisSink,
  storeSink,
  type CollectedRow,
} from '../../../src/services/collector/index.ts'
import { openStore, type Store } from '../../../src/services/store/index.ts'
import { INFLUX, startInflux } from '../../support/real-influx.ts'
import { POSTGRES, startPostgres } from '../../support/real-postgres.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import { freePort, REDIS, startRedis } from '../../support/real-redis.ts'
import { startVictoria, VICTORIA } from '../../support/real-victoria.ts'
import { expectedKeys, keysOf, later, place } from './place.ts'
import { INTERVAL } from './world.ts'

const STREAM = 'kcloud:power'
const JOULES = 612.25 * 60

describe.skipIf(!requireReal(REDIS, 'redis-server'))('the collector and a real Redis', () => {
  it('loses nothing when Redis is killed for five minutes and the collector is restarted meanwhile', async () => {
    const { open, pass, clock, directory } = await place()
    const redis = later(await startRedis(directory), (one) => one.kill())
    const sink = () =>
      redisSink({ url: redis.url, stream: STREAM, mostEntries: 1e6, timeoutSeconds: 5 })
    let collector = await open([sink()])
    clock.advance(-INTERVAL)
    await pass(collector, 3)
    await redis.kill()
    await pass(collector, 2)
    expect(collector.status().sinks[0]).toMatchObject({
      state: 'failing',
      last_error: 'write to the Redis stream: it does not answer',
      queued_batches: 2,
      dropped_rows: 0,
    })
    await collector.close()
    // Away for two minutes: nobody reads them now, so they are read afterwards.
    clock.advance(2 * INTERVAL)
    collector = later(await open([sink()]), (one) => one.close())
    expect(collector.status().sinks[0]?.queued_batches).toBe(2)
    await pass(collector, 1)
    expect(collector.status().sinks[0]).toMatchObject({ queued_batches: 5, lag_seconds: 300 })
    await redis.restart()
    await pass(collector, 2)
    expect(collector.status().sinks[0]).toMatchObject({
      state: 'ok',
      queued_batches: 0,
      queued_bytes: 0,
      lag_seconds: 0,
    })
    const rows = await rowsIn(redis.url)
    expect(keysOf(rows)).toEqual(expectedKeys(10))
    expect(rows.find(({ kind }) => kind === 'workload')).toMatchObject({
      cluster: 'seoul',
      namespace: 'ml',
      name: 'train-0',
      power_watts: 612.25,
      gpu_power_watts: 612.25,
      energy_joules: JOULES,
      cost: {
        model: 'kcloud',
        currency: 'USD',
        electricity: expect.closeTo((JOULES / 3.6e6) * 0.12, 12) as number,
        cooling: expect.closeTo((JOULES / 3.6e6) * 0.12 * 1.3, 12) as number,
        carbon_kg: expect.closeTo((JOULES / 3.6e6) * 1.3 * 0.4173, 12) as number,
      },
    })
  })

  it('says by which code Redis refuses, and keeps the rows', async () => {
    const { open, pass } = await place()
    const redis = later(await startRedis(), (one) => one.kill())
    const client = later(new Redis(redis.url), (one) => one.quit())
    await client.set(STREAM, 'a text')
    const sink = redisSink({ url: redis.url, stream: STREAM, mostEntries: 10, timeoutSeconds: 5 })
    const collector = later(await open([sink]), (one) => one.close())
    await pass(collector, 1)
    expect(collector.status().sinks[0]).toMatchObject({
      last_error: 'write to the Redis stream: it answered WRONGTYPE',
      queued_batches: 1,
      retries: 1,
    })
  })
})

async function rowsIn(url: string): Promise<readonly CollectedRow[]> {
  const client = later(new Redis(url), (one) => one.quit())
  const entries = await client.xrange(STREAM, '-', '+')
  return entries.map(
    ([, fields]) => JSON.parse(fields[fields.indexOf('row') + 1] ?? '') as CollectedRow,
  )
}

const influx = (url: string) =>
  influxSink({ url, token: 'any', org: 'kcloud', bucket: 'power_metrics', timeoutSeconds: 5 })

describe.skipIf(!requireReal(VICTORIA, VICTORIA))('the collector and VictoriaMetrics', () => {
  it('writes what reads back equal, also after an outage of five minutes', async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const { open, pass, clock } = await place()
    const collector = later(await open([influx(url)]), (one) => one.close())
    clock.advance(-INTERVAL)
    await pass(collector, 5)
    expect(collector.status().sinks[0]).toMatchObject({ state: 'failing', queued_batches: 5 })
    later(await startVictoria(port), (one) => one.stop())
    await pass(collector, 2)
    expect(collector.status().sinks[0]).toMatchObject({
      state: 'ok',
      queued_batches: 0,
      refused_rows: 0,
    })
    expect(await seriesIn(url, '(workload|node)_power_power_watts')).toEqual({
      'train-0': Array(7).fill(612.25),
      'node-a': Array(7).fill(1200),
    })
    const { 'train-0': costs } = await seriesIn(url, 'workload_power_cost')
    expect(costs).toEqual(Array(7).fill(expect.closeTo((JOULES / 3.6e6) * 0.326, 12)))
  })
})

async function seriesIn(url: string, name: string): Promise<Record<string, number[]>> {
  await fetch(`${url}/internal/force_flush`)
  const reply = await fetch(`${url}/api/v1/export?match[]={__name__=~"${name}"}`)
  const lines = (await reply.text()).split('\n').filter((line) => line !== '')
  const series = lines.map(
    (line) => JSON.parse(line) as { metric: Record<string, string>; values: number[] },
  )
  return Object.fromEntries(series.map(({ metric, values }) => [metric['name'] ?? '', values]))
}

describe.skipIf(!requireReal(INFLUX, 'influxdb'))('the collector and a real InfluxDB 1', () => {
  it('keeps what a server without the write API of version 2 does not take, and says so', async () => {
    const server = later(await startInflux(), (one) => one.stop())
    const { open, pass, clock, notes } = await place()
    const collector = later(await open([influx(server.url)]), (one) => one.close())
    clock.advance(-INTERVAL)
    await pass(collector, 2)
    expect(collector.status().sinks[0]).toMatchObject({
      state: 'failing',
      queued_batches: 2,
      delivered_rows: 0,
      last_error: 'write to InfluxDB: it answered with status 404',
    })
    expect(notes).toEqual([expect.objectContaining({ sink: 'influxdb', event: 'failing' })])
  })
})

describe('the roll-ups of the collector in SQLite', () => {
  it('add up by the hour, count a batch once, and go when they are old', async () => {
    await rollUp(await openStore({ path: ':memory:' }))
  })
})

describe.skipIf(!requireReal(POSTGRES, 'postgresql-15'))(
  'the roll-ups of the collector in a real PostgreSQL',
  () => {
    it('add up by the hour, count a batch once, and go when they are old', async () => {
      const server = later(await startPostgres(), (one) => one.stop())
      await rollUp(await openStore({ databaseUrl: await server.createDatabase(), path: '' }))
    })
  },
)

/** Ten minutes around midnight, each delivered three times, by two collectors. */
async function rollUp(store: Store): Promise<void> {
  const { open, pass, clock } = await place()
  const sink = storeSink({ rollups: store.rollups, keptDays: 30, now: clock.now })
  const other = storeSink({ rollups: store.rollups, keptDays: 30, now: clock.now })
  const collector = await open([
    {
      ...sink,
      async deliver(batch) {
        await sink.deliver(batch)
        await sink.deliver(batch)
        await other.deliver(batch)
      },
    },
  ])
  await pass(collector, 10)
  expect(collector.status().sinks[0]?.last_error).toBeNull()
  const span = { from: new Date('2026-11-19T00:00:00Z'), until: new Date('2026-11-21T00:00:00Z') }
  const sums = await store.rollups.list(span)
  expect(sums.filter(({ name }) => name === 'train-0')).toEqual(
    [1, 9].map((minutes, hour) => ({
      hour: new Date(Date.UTC(2026, 10, 19, 23 + hour)),
      kind: 'workload',
      cluster: 'seoul',
      namespace: 'ml',
      name: 'train-0',
      covered_seconds: minutes * 60,
      energy_joules: expect.closeTo(JOULES * minutes, 6) as number,
      cost: expect.closeTo((JOULES / 3.6e6) * 0.326 * minutes, 9) as number,
      currency: 'USD',
    })),
  )
  clock.advance(31 * 86_400)
  await sink.deliver({ cluster: 'seoul', end: clock.now().getTime(), rows: [] })
  expect(await store.rollups.list(span)).toEqual([])
  await collector.close()
  await store.close()
}
