import type { Now } from '../kernel/clock.ts'

/** The evaluation time of questions whose answers live for so many seconds. */
export type Ticks = (lifeSeconds: number) => Date

/**
 * One evaluation time for all questions within the life of an answer: it begins when somebody asks, not on a
 * grid, so the first answer is of now, and everything asked until it ends is of the same moment. That makes the
 * figures of different routes agree with one another, and equal questions share one cache entry.
 */
export function createTicks(now: Now): Ticks {
  const current = new Map<number, Date>()
  return (lifeSeconds) => {
    const time = now()
    const tick = current.get(lifeSeconds)
    if (tick !== undefined && isAlive(tick, time, lifeSeconds)) return tick
    current.set(lifeSeconds, time)
    return time
  }
}

/** A clock that was set back ends a tick too: nobody asks about the future. */
function isAlive(tick: Date, time: Date, lifeSeconds: number): boolean {
  const age = (time.getTime() - tick.getTime()) / 1000
  return age >= 0 && age < lifeSeconds
}

/**
 * The evaluation time for servers that share what they read: a grid that they need not agree on. The first answer of
 * a tick can be of up to one life ago.
 */
export function gridTicks(now: Now): Ticks {
  return (lifeSeconds) => {
    const time = now().getTime()
    const life = lifeSeconds * 1000
    return new Date(life > 0 ? Math.floor(time / life) * life : time)
  }
}
