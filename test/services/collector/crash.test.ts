import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { redisSink, storeSink, type CollectedRow } from '../../../src/services/collector/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import { REDIS, startRedis } from '../../support/real-redis.ts'
import { keysOf, later, place } from './place.ts'
import { INTERVAL } from './world.ts'

const PROGRAM = fileURLToPath(new URL('collect-until-killed.ts', import.meta.url))

/** Lets a collector of its own process write to both sinks, and kills it before it can note that it has. */
async function writeAndDie(...places: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...places], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    if (said.includes('redis written') && said.includes('store written')) break
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

describe.skipIf(!requireReal(REDIS, 'redis-server'))('a collector that is killed', () => {
  it('between the write of a sink and its answer delivers again, and roll-ups count it once', async () => {
    const { open, directory, clock } = await place()
    const redis = later(await startRedis(directory), (one) => one.kill())
    const database = join(directory, 'state.db')
    const queues = join(directory, 'queues')
    for (const minutes of ['1', '2']) await writeAndDie(queues, redis.url, database, minutes)
    const store = later(await openStore({ path: database }), (one) => one.close())
    const url = redis.url
    clock.advance(2 * INTERVAL)
    const collector = later(
      await open(
        [
          redisSink({ url, stream: 'kcloud:power', mostEntries: 1e6, timeoutSeconds: 5 }),
          storeSink({ rollups: store.rollups, keptDays: 400, now: clock.now }),
        ],
        { directory: queues },
      ),
      (one) => one.close(),
    )
    expect(collector.status().sinks.map((sink) => sink.queued_batches)).toEqual([2, 2])
    await collector.tick()
    expect(collector.status().sinks.map((sink) => sink.queued_batches)).toEqual([0, 0])
    const client = later(new Redis(url), (one) => one.quit())
    const rows = (await client.xrange('kcloud:power', '-', '+')).map(
      ([, fields]) => JSON.parse(fields[fields.indexOf('row') + 1] ?? '') as CollectedRow,
    )
    // Three minutes of a node and a workload; those of the first were written by each that died.
    expect(keysOf(rows)).toHaveLength(6)
    expect(rows.length).toBeGreaterThan(6)
    expect(new Set(rows.map(({ energy_joules }) => energy_joules))).toEqual(
      new Set([612.25 * 60, 1200 * 60]),
    )
    const sums = await store.rollups.list({ from: new Date(0), until: new Date('2027-01-01') })
    const of = (name: string) =>
      sums.filter((sum) => sum.name === name).reduce((joules, sum) => joules + sum.energy_joules, 0)
    expect([of('train-0'), of('node-a')]).toEqual([612.25 * 180, 1200 * 180])
  })
})
