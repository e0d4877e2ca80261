import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  createCollector,
  type CollectedRow,
  type OwnCollector,
  type Sink,
} from '../../../src/services/collector/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { costsOver } from '../../support/cost.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'
import { INTERVAL, SEOUL } from './world.ts'

/** Ends a thing when the test does. */
export function later<Thing>(thing: Thing, end: (thing: Thing) => Promise<unknown>): Thing {
  onTestFinished(async () => {
    await end(thing)
  })
  return thing
}

/** A directory of its own, a clock that stands still, and collectors over clusters made of text. */
export async function place(
  members: Readonly<Record<string, FleetMember>> = { seoul: SEOUL },
  intervalSeconds = INTERVAL,
) {
  const clock = fakeClock()
  const fleet = createFleet(members, clock.now)
  const directory = later(await mkdtemp(join(tmpdir(), 'collector-')), (dir) =>
    rm(dir, { recursive: true, force: true }),
  )
  const notes: object[] = []
  const reader = createFleetReader({
    telemetry: fleet.telemetry,
    identity: { rewrites: [], bmcs: [] },
  })
  const open = (
    sinks: readonly Sink[],
    options: { readonly mostBytes?: number; readonly directory?: string } = {},
  ): Promise<OwnCollector> =>
    createCollector({
      clusters: () => Object.keys(members),
      fleet: reader,
      costs: costsOver({ fleet: reader, telemetry: fleet.telemetry }),
      sinks,
      directory,
      mostBytes: 10 * 2 ** 20,
      intervalSeconds,
      now: clock.now,
      note: (note) => notes.push(note),
      ...options,
    })
  /** So many intervals pass, each with its tick. */
  const pass = async (collector: OwnCollector, intervals: number): Promise<void> => {
    for (let interval = 0; interval < intervals; interval += 1) {
      clock.advance(intervalSeconds)
      await collector.tick()
    }
  }
  return { clock, fleet, directory, notes, open, pass }
}

/** What must be somewhere after so many minutes, the first at 23:59: a workload and a node for each. */
export const expectedKeys = (minutes: number): readonly string[] =>
  Array.from({ length: minutes }, (_, minute) => {
    const time = new Date(Date.UTC(2026, 10, 19, 23, 59) + minute * 60_000).toISOString()
    return [`node ${time}`, `workload ${time}`]
  })
    .flat()
    .sort()

/** Which rows there are, each once. */
export const keysOf = (rows: readonly Pick<CollectedRow, 'kind' | 'time'>[]): readonly string[] =>
  [...new Set(rows.map(({ kind, time }) => `${kind} ${time}`))].sort()

/** A sink that is there for what it is told to do. */
export const sinkThat = (deliver: Sink['deliver']): Sink => ({
  name: 'redis',
  deliver,
  close: () => Promise.resolve(),
})
