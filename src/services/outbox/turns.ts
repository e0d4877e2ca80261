import { randomUUID } from 'node:crypto'
import type { LeaseStore } from '../store/index.ts'

export interface TurnsNeeds {
  /** What the servers that share a state store know the work by. */
  readonly name: string
  readonly leases: LeaseStore
  readonly intervalSeconds: number
  readonly now: () => Date
  readonly work: (at: Date, signal: AbortSignal) => Promise<void>
  readonly onError: (error: unknown) => void
  /** Whether the first turn is one interval after the start, when there is less to do. */
  readonly isPatient?: boolean
}

/** Work by the clock, on one of the servers that share a state store. */
export interface Turns {
  /** One turn now; false when it is another server's. */
  turn(): Promise<boolean>
  start(): void
  close(): Promise<void>
}

/** Another server takes over when a turn is late by half an interval. */
const LEASE_INTERVALS = 1.5

/** Turns that stand still until they are started. */
export function createTurns(needs: TurnsNeeds): Turns {
  const { name, leases, intervalSeconds, now, work, onError } = needs
  const owner = randomUUID()
  const controller = new AbortController()
  let running: Promise<boolean> | null = null
  let timer: NodeJS.Timeout | undefined
  const take = async (): Promise<boolean> => {
    const at = now()
    const until = new Date(at.getTime() + intervalSeconds * LEASE_INTERVALS * 1000)
    if (!(await leases.take(name, { owner, at, until }))) return false
    await work(at, controller.signal)
    return true
  }
  const turn = (): Promise<boolean> => {
    running ??= take().finally(() => {
      running = null
    })
    return running
  }
  const tick = (): void => {
    turn().catch((error: unknown) => {
      if (!controller.signal.aborted) onError(error)
    })
  }
  return {
    turn,
    start() {
      timer = setInterval(tick, intervalSeconds * 1000)
      timer.unref()
      if (needs.isPatient !== true) tick()
    },
    async close() {
      clearInterval(timer)
      controller.abort()
      await running?.catch(() => undefined)
      await leases.release(name, owner).catch(() => undefined)
    },
  }
}

/** Does something now and then, however often it is asked. */
export function nowAndThen(
  seconds: number,
  work: (at: Date) => Promise<void>,
): (at: Date) => Promise<void> {
  let doneAt: Date | null = null
  return async (at) => {
    if (doneAt !== null && at.getTime() - doneAt.getTime() < seconds * 1000) return
    doneAt = at
    await work(at)
  }
}
