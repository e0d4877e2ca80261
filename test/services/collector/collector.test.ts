import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createCollector,
  influxSink,
  redisSink,
  storeSink,
  type CollectedRow,
  type Collector,
  type Sink,
} from '../../../src/services/collector/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { openStore, type Store } from '../../../src/services/store/index.ts'
import { createFleet, type Fleet } from '../../support/fleet.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import { REDIS, startRedis } from '../../support/real-redis.ts'
import { startVictoria, VICTORIA } from '../../support/real-victoria.ts'
import { until } from '../../support/scraped.ts'
import { fakeClock } from '../../support/test-app.ts'

const SEOUL = `
  kube_node_info{node="node-a",internal_ip="10.0.0.1"} 1
  kube_pod_info{namespace="ml",pod="train-0",uid="t",node="node-a"} 1
  ipmi_dcmi_power_consumption_watts{instance="node-a",node="node-a"} 1200
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="node-a",namespace="ml",pod="train-0",container="c"} 612.25
`
const DOWN = new KCloudError('backend_unreachable', { detail: 'refused' })
const STREAM = 'kcloud:power'
const INTERVAL = 60
/** $0.12 a kWh. */
const costOf = (joules: number) => ({
  model: 'kcloud',
  currency: 'USD',
  electricity: (joules / 3_600_000) * 0.12,
  cooling: 0,
  carbon: 0,
  total: (joules / 3_600_000) * 0.12,
})

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
const later = <Thing>(thing: Thing, end: (thing: Thing) => Promise<unknown>): Thing => {
  ends.push(() => end(thing))
  return thing
}

async function place() {
  const clock = fakeClock()
  const fleet: Fleet = createFleet({ seoul: SEOUL }, clock.now)
  const directory = later(await mkdtemp(join(tmpdir(), 'collector-')), (dir) =>
    rm(dir, { recursive: true, force: true }),
  )
  const notes: object[] = []
  const open = async (sinks: readonly Sink[], mostBytes = 10 * 2 ** 20): Promise<Collector> =>
    await createCollector({
      fleet: createFleetReader({
        telemetry: fleet.telemetry,
        identity: { rewrites: [], bmcs: [] },
      }),
      costOf,
      sinks,
      directory,
      mostBytes,
      intervalSeconds: INTERVAL,
      now: clock.now,
      note: (note) => notes.push(note),
    })
  /** So many minutes pass, each with its tick. */
  const pass = async (collector: Collector, minutes: number): Promise<void> => {
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.advance(INTERVAL)
      await collector.tick()
    }
  }
  return { clock, fleet, directory, notes, open, pass }
}

/** The names and times of the rows that must be somewhere: a workload and a node for each minute. */
const expectedKeys = (minutes: number): readonly string[] =>
  Array.from({ length: minutes }, (_, minute) => {
    const time = new Date(Date.UTC(2026, 10, 19, 23, 59) + minute * 60_000).toISOString()
    return [`node ${time}`, `workload ${time}`]
  })
    .flat()
    .sort()

const keysOf = (rows: readonly Pick<CollectedRow, 'kind' | 'time'>[]): readonly string[] =>
  [...new Set(rows.map(({ kind, time }) => `${kind} ${time}`))].sort()

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
      queued_batches: 2,
      dropped_rows: 0,
    })
    await collector.close()
    // Down for two minutes more: nobody reads them now, so they are read afterwards.
    clock.advance(2 * INTERVAL)
    collector = later(await open([sink()]), (one) => one.close())
    expect(collector.status().sinks[0]?.queued_batches).toBe(2)
    await pass(collector, 1)
    expect(collector.status().sinks[0]?.queued_batches).toBe(5)
    await redis.restart()
    await pass(collector, 2)
    expect(collector.status().sinks[0]).toMatchObject({
      state: 'ok',
      queued_batches: 0,
      lag_seconds: 0,
    })
    const client = later(new Redis(redis.url), (one) => one.quit())
    const entries = await client.xrange(STREAM, '-', '+')
    const rows = entries.map(
      ([, fields]) => JSON.parse(fields[fields.indexOf('row') + 1] ?? '') as CollectedRow,
    )
    expect(keysOf(rows)).toEqual(expectedKeys(10))
    expect(rows.find(({ kind }) => kind === 'workload')).toMatchObject({
      cluster: 'seoul',
      namespace: 'ml',
      name: 'train-0',
      power_watts: 612.25,
      gpu_power_watts: 612.25,
      energy_joules: 612.25 * 60,
      cost: { currency: 'USD', total: ((612.25 * 60) / 3_600_000) * 0.12 },
    })
  })
})

describe.skipIf(!requireReal(VICTORIA, VICTORIA))(
  'the collector and a real VictoriaMetrics',
  () => {
    it('delivers by the write API of InfluxDB 2 what reads back equal, also after an outage', async () => {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const { open, pass, clock } = await place()
      const collector = later(
        await open([
          influxSink({
            url,
            token: 'any',
            org: 'kcloud',
            bucket: 'power_metrics',
            timeoutSeconds: 5,
          }),
        ]),
        (one) => one.close(),
      )
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
      await fetch(`${url}/internal/force_flush`)
      const reply = await fetch(
        `${url}/api/v1/export?match[]={__name__=~"(workload|node)_power_power_watts"}`,
      )
      const series = (await reply.text())
        .split('\n')
        .filter((line) => line !== '')
        .map(
          (line) =>
            JSON.parse(line) as {
              metric: Record<string, string>
              values: number[]
              timestamps: number[]
            },
        )
      const watts = Object.fromEntries(series.map(({ metric, values }) => [metric['name'], values]))
      expect(watts).toEqual({ 'train-0': Array(7).fill(612.25), 'node-a': Array(7).fill(1200) })
    })
  },
)

describe.skipIf(!requireReal('influxd', 'influxdb'))('the collector and a real InfluxDB 1', () => {
  it('keeps what a server without the write API of version 2 does not take, and says so', async () => {
    const influx = later(await startInflux(), (one) => one.stop())
    const { open, pass, clock, notes } = await place()
    const collector = later(
      await open([
        influxSink({ url: influx.url, token: undefined, org: 'o', bucket: 'b', timeoutSeconds: 5 }),
      ]),
      (one) => one.close(),
    )
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

describe('the queue of the collector', () => {
  const down = (): Sink => ({
    name: 'redis',
    deliver: () => Promise.reject(new Error('down')),
    close: () => Promise.resolve(),
  })

  it('drops the oldest when it is full, counts the rows and tells the log', async () => {
    const { open, pass, notes } = await place()
    const collector = later(await open([down()], 3000), (one) => one.close())
    await pass(collector, 8)
    const [sink] = collector.status().sinks
    expect(sink?.queued_bytes).toBeLessThanOrEqual(3000)
    expect(sink?.dropped_rows).toBe((8 - (sink?.queued_batches ?? 0)) * 2)
    expect(
      notes.filter((note) => 'event' in note && note.event === 'dropped').length,
    ).toBeGreaterThan(0)
  })

  it('begins after a crash with what was whole on disk', async () => {
    const { open, pass, directory } = await place()
    const collector = await open([down()])
    await pass(collector, 2)
    await collector.close()
    await writeFile(join(directory, 'redis', '1.json.tmp'), '{"id":1,"ro')
    const again = later(await open([down()]), (one) => one.close())
    expect(again.status().sinks[0]?.queued_batches).toBe(2)
    expect(await readdir(join(directory, 'redis'))).toHaveLength(2)
  })

  it('tries again what could not be read, so that an outage of the clusters leaves no gap', async () => {
    const { open, pass, fleet } = await place()
    const taken: CollectedRow[] = []
    const sink: Sink = {
      name: 'store',
      deliver: ({ rows }) => Promise.resolve(void taken.push(...rows)),
      close: () => Promise.resolve(),
    }
    const collector = later(await open([sink]), (one) => one.close())
    await pass(collector, 1)
    fleet.set('seoul', { fails: DOWN })
    await pass(collector, 2)
    expect(collector.status()).toMatchObject({ collected_intervals: 1, failures: 2 })
    fleet.set('seoul', SEOUL)
    await pass(collector, 1)
    expect(collector.status()).toMatchObject({ collected_intervals: 4, last_error: null })
    expect(keysOf(taken)).toHaveLength(8)
  })
})

describe('the roll-ups of the collector', () => {
  it('add up by the hour, and a batch that comes twice counts once', async () => {
    const store: Store = later(await openStore({ path: ':memory:' }), (one) => one.close())
    const { open, pass } = await place()
    const sink = storeSink(store.rollups, 'one')
    const delivered: Parameters<Sink['deliver']>[0][] = []
    const twice: Sink = {
      ...sink,
      async deliver(batch) {
        delivered.push(batch)
        await sink.deliver(batch)
        await sink.deliver(batch)
      },
    }
    const collector = later(await open([twice]), (one) => one.close())
    await pass(collector, 10)
    const [first] = delivered
    if (first !== undefined) await sink.deliver(first)
    const span = { from: new Date('2026-11-19T00:00:00Z'), until: new Date('2026-11-21T00:00:00Z') }
    const sums = await store.rollups.list(span)
    const energy = sums
      .filter(({ name }) => name === 'train-0')
      .reduce((sum, row) => sum + row.energy_joules, 0)
    expect(energy).toBeCloseTo(612.25 * 60 * 10, 6)
    expect(sums.every(({ currency }) => currency === 'USD')).toBe(true)
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

async function startInflux() {
  const dir = await mkdtemp(join(tmpdir(), 'real-influx-'))
  const [http, rpc] = await Promise.all([freePort(), freePort()])
  const config = join(dir, 'influxdb.conf')
  const lines = [
    'reporting-disabled = true',
    `bind-address = "127.0.0.1:${rpc}"`,
    `[meta]\n  dir = "${dir}/meta"`,
    `[data]\n  dir = "${dir}/data"\n  wal-dir = "${dir}/wal"`,
    `[http]\n  bind-address = "127.0.0.1:${http}"`,
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const child = spawn('influxd', ['-config', config], { stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  const url = `http://127.0.0.1:${http}`
  await until(() =>
    fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return {
    url,
    async stop() {
      child.kill()
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}
