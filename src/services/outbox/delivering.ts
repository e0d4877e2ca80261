import { randomUUID } from 'node:crypto'
import type { Outbox, OutboxItem } from '../store/index.ts'

/** What has become of an attempt. */
export type Attempted =
  | {
      readonly outcome: 'done'
      /** What was done. */
      readonly note?: string
    }
  /** For good, or to be tried again. */
  | { readonly outcome: 'failed' | 'later'; readonly problem: string }

/** One attempt at a delivery. Rejects only when the signal ends it. */
export type Attempt<Item> = (item: Item, signal: AbortSignal) => Promise<Attempted>

export interface DeliveringNeeds<Item> {
  readonly outbox: Outbox<Item>
  readonly attempt: Attempt<Item>
  readonly now: () => Date
  readonly onAttempt: (item: Item, attempted: Attempted) => void
  readonly onError: (error: unknown) => void
  /** How many are attempted at a time; one when left out. */
  readonly parallel?: number
}

/** Does outside what an outbox holds, also what a server left behind that is no more. */
export interface Delivering {
  /** Attempts everything that is due. */
  pump(): Promise<void>
  start(): void
  close(): Promise<void>
}

/** Longer than an attempt takes: whoever holds one for longer has ended. */
const LEASE_SECONDS = 30
const LOOK_SECONDS = 2
/** How long after an attempt the next one is due. After the last of them nothing is tried any more. */
const PAUSES_SECONDS = [2, 5, 15, 30, 60, 120, 300, 600, 1800, 3600]

/** Attempts deliveries, those that are due for longest first. */
export function createDelivering<Item extends Pick<OutboxItem, 'id' | 'attempts'>>(
  needs: DeliveringNeeds<Item>,
): Delivering {
  const controller = new AbortController()
  let running: Promise<unknown> | null = null
  let timer: NodeJS.Timeout | undefined
  const workers = Array.from({ length: needs.parallel ?? 1 }, () => randomUUID())
  const pump = async (): Promise<void> => {
    running ??= Promise.all(workers.map((owner) => drain(needs, owner, controller.signal))).finally(
      () => {
        running = null
      },
    )
    await running
  }
  return {
    pump,
    start() {
      const look = (): void => {
        pump().catch((error: unknown) => {
          if (!controller.signal.aborted) needs.onError(error)
        })
      }
      timer = setInterval(look, LOOK_SECONDS * 1000)
      timer.unref()
      look()
    },
    async close() {
      clearInterval(timer)
      controller.abort()
      await running?.catch(() => undefined)
    },
  }
}

async function drain<Item extends Pick<OutboxItem, 'id' | 'attempts'>>(
  needs: DeliveringNeeds<Item>,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  const lease = () => {
    const at = needs.now()
    return { owner, at, until: new Date(at.getTime() + LEASE_SECONDS * 1000) }
  }
  for (;;) {
    signal.throwIfAborted()
    const item = await needs.outbox.take(lease())
    if (item === null) return
    const attempted = await needs.attempt(item, signal)
    await needs.outbox.settle(item.id, lease(), settledBy(item, attempted, needs.now()))
    needs.onAttempt(item, attempted)
  }
}

function settledBy({ attempts }: Pick<OutboxItem, 'attempts'>, attempted: Attempted, now: Date) {
  if (attempted.outcome === 'done')
    return { state: 'delivered', problem: null, note: attempted.note ?? null } as const
  const { outcome, problem } = attempted
  const pause = PAUSES_SECONDS[attempts - 1]
  if (outcome === 'failed' || pause === undefined) return { state: 'failed', problem } as const
  return { state: 'waiting', problem, nextAt: new Date(now.getTime() + pause * 1000) } as const
}
