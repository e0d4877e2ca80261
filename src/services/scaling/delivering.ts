import { randomUUID } from 'node:crypto'
import type { Delivery, DeliveryKind, DeliveryStore, PolicyStore } from '../store/index.ts'
import { policyOf } from './policy.ts'

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
export type Attempt = (delivery: Delivery, signal: AbortSignal) => Promise<Attempted>

export interface DeliveringNeeds {
  readonly deliveries: DeliveryStore
  readonly policies: Pick<PolicyStore, 'find'>
  readonly attempts: Readonly<Record<DeliveryKind, Attempt>>
  readonly now: () => Date
  readonly onAttempt: (delivery: Delivery, attempted: Attempted) => void
  readonly onError: (error: unknown) => void
}

/** Does outside what was decided, also what a server left behind that is no more. */
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

/** Attempts deliveries one after the other. */
export function createDelivering(needs: DeliveringNeeds): Delivering {
  const owner = randomUUID()
  const controller = new AbortController()
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  const pump = (): Promise<void> => {
    running ??= drain(needs, owner, controller.signal).finally(() => {
      running = null
    })
    return running
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

async function drain(needs: DeliveringNeeds, owner: string, signal: AbortSignal): Promise<void> {
  const lease = () => {
    const at = needs.now()
    return { owner, at, until: new Date(at.getTime() + LEASE_SECONDS * 1000) }
  }
  for (;;) {
    signal.throwIfAborted()
    const delivery = await needs.deliveries.take(lease())
    if (delivery === null) return
    const attempted = await attempt(needs, delivery, signal)
    await needs.deliveries.settle(delivery.id, lease(), settledBy(delivery, attempted, needs.now()))
    needs.onAttempt(delivery, attempted)
  }
}

async function attempt(
  { policies, deliveries, attempts }: DeliveringNeeds,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Attempted> {
  const policy = await policies.find(delivery.policy_id)
  if (policy === null || !policyOf(policy).spec.enabled)
    return { outcome: 'failed', problem: 'its policy was switched off' }
  // An old change that comes after a new one would undo it.
  if (await deliveries.isReplaced(delivery))
    return { outcome: 'failed', problem: 'a newer change of its policy replaced it' }
  return await attempts[delivery.kind](delivery, signal)
}

function settledBy({ attempts }: Delivery, attempted: Attempted, now: Date) {
  if (attempted.outcome === 'done')
    return { state: 'delivered', problem: null, note: attempted.note ?? null } as const
  const { outcome, problem } = attempted
  const pause = PAUSES_SECONDS[attempts - 1]
  if (outcome === 'failed' || pause === undefined) return { state: 'failed', problem } as const
  return { state: 'waiting', problem, nextAt: new Date(now.getTime() + pause * 1000) } as const
}
