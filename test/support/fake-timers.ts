import type { Timers } from '../../src/services/streams/index.ts'

interface Alarm {
  readonly at: number
  readonly run: () => void
}

/** Timers that stand still until a test lets time pass. */
export interface FakeTimers extends Timers {
  /** Lets so many seconds pass; everything that is due runs in its order, and what it begins is waited for. */
  pass(seconds: number): Promise<void>
  /** How many alarms are set. */
  readonly pending: number
}

export function fakeTimers(start = '2026-11-20T00:00:00.000Z'): FakeTimers {
  let time = new Date(start).getTime()
  const alarms = new Set<Alarm>()
  const next = (until: number): Alarm | undefined =>
    [...alarms].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  return {
    now: () => new Date(time),
    after(milliseconds, run) {
      const alarm = { at: time + milliseconds, run }
      alarms.add(alarm)
      return () => void alarms.delete(alarm)
    },
    async pass(seconds) {
      const until = time + seconds * 1000
      await settle()
      for (let due = next(until); due !== undefined; due = next(until)) {
        alarms.delete(due)
        time = Math.max(time, due.at)
        due.run()
        await settle()
      }
      time = until
    },
    get pending() {
      return alarms.size
    },
  }
}

/** What is under way in this process gets its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
