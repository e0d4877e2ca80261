import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { CollectedRow } from '../../../src/services/collector/index.ts'
import { keysOf, later, place, sinkThat } from './place.ts'
import { SEOUL } from './world.ts'

const DOWN = new KCloudError('backend_unreachable', { detail: 'refused' })
const down = () => sinkThat(() => Promise.reject(new Error('down')))

describe('the queue of the collector', () => {
  it('drops the oldest when it is full, counts the rows and tells the log', async () => {
    const { open, pass, notes } = await place()
    const collector = later(await open([down()], { mostBytes: 3000 }), (one) => one.close())
    await pass(collector, 8)
    const [sink] = collector.status().sinks
    expect(sink?.queued_bytes).toBeLessThanOrEqual(3000)
    expect(sink?.queued_batches).toBeGreaterThan(0)
    expect(sink?.dropped_rows).toBe((8 - (sink?.queued_batches ?? 0)) * 2)
    const dropped = notes.filter((note) => 'event' in note && note.event === 'dropped')
    expect(dropped.length).toBe(8 - (sink?.queued_batches ?? 0))
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

  it('counts a file that the disk has damaged, and goes on with the others', async () => {
    const { open, pass, directory, notes } = await place()
    const first = await open([down()])
    await pass(first, 3)
    await first.close()
    const [damaged = ''] = (await readdir(join(directory, 'redis'))).sort()
    await writeFile(join(directory, 'redis', damaged), '{"cluster":"seo')
    const taken: CollectedRow[] = []
    const sink = sinkThat(({ rows }) => Promise.resolve(void taken.push(...rows)))
    const collector = later(await open([sink]), (one) => one.close())
    await pass(collector, 1)
    expect(collector.status().sinks[0]).toMatchObject({
      damaged_batches: 1,
      delivered_batches: 3,
      queued_batches: 0,
    })
    expect(notes).toContainEqual({ sink: 'redis', event: 'damaged', rows: 0 })
  })

  it('waits longer after each failure, and tells the log once that it fails and once that it is well', async () => {
    const { open, pass, notes } = await place()
    let isDown = true
    let tried = 0
    const sink = sinkThat(() => {
      tried += 1
      return isDown ? Promise.reject(new Error('down')) : Promise.resolve()
    })
    const collector = later(await open([sink]), (one) => one.close())
    await pass(collector, 3)
    expect(tried).toBe(3)
    await collector.tick()
    expect(tried).toBe(3)
    isDown = false
    await pass(collector, 1)
    const events = notes.map((note) => ('event' in note ? note.event : ''))
    expect(events).toEqual(['failing', 'recovered'])
  })
})

describe('the reading of the collector', () => {
  it('makes up for a cluster that was away, without holding up the others', async () => {
    const BUSAN = SEOUL.replace('612.25', '100')
    const { open, pass, fleet } = await place({ seoul: SEOUL, busan: BUSAN })
    const taken: CollectedRow[] = []
    const sink = sinkThat(({ rows }) => Promise.resolve(void taken.push(...rows)))
    const collector = later(await open([sink]), (one) => one.close())
    const of = (cluster: string) => keysOf(taken.filter((row) => row.cluster === cluster))
    await pass(collector, 1)
    fleet.set('busan', { fails: DOWN })
    await pass(collector, 2)
    expect(collector.status()).toMatchObject({ collected_intervals: 4, failures: 2 })
    expect(collector.status().lag_seconds).toBeGreaterThan(120)
    expect(of('seoul')).toHaveLength(6)
    expect(of('busan')).toHaveLength(2)
    fleet.set('busan', BUSAN)
    await pass(collector, 1)
    expect(collector.status()).toMatchObject({ collected_intervals: 8, last_error: null })
    expect(of('busan')).toEqual(of('seoul'))
  })

  it('counts the intervals that were too long ago when it comes back', async () => {
    const { open, pass, clock } = await place({ seoul: SEOUL }, 1800)
    const collector = later(await open([down()]), (one) => one.close())
    await pass(collector, 1)
    clock.advance(9 * 3600)
    await collector.tick()
    // Of eighteen half hours the last six hours are read, both ends of them.
    const { skipped_intervals: skipped, collected_intervals: collected } = collector.status()
    expect([skipped, collected]).toEqual([5, 1 + 13])
  })
})
