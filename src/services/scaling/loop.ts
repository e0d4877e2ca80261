import { randomUUID } from 'node:crypto'
import { groupBy } from '../../analysis/power/group.ts'
import type { LeaseStore, PolicyStore, ScalingEventStore } from '../store/index.ts'
import { evaluateGroup, type EvaluateNeeds } from './evaluate.ts'
import { budgetKeyOf, policyOf, type Policy } from './policy.ts'

export interface LoopNeeds extends EvaluateNeeds {
  readonly policies: PolicyStore
  readonly events: ScalingEventStore
  readonly leases: LeaseStore
  readonly intervalSeconds: number
  /** How long decisions are kept that changed nothing, and all others. */
  readonly keepHoldsSeconds: number
  readonly keepSeconds: number
  readonly onError: (error: unknown) => void
  /** What else is done at each turn, by the server whose turn it is. */
  readonly afterwards: (policies: readonly Policy[], signal: AbortSignal) => Promise<void>
}

/** Evaluates all policies by the clock, on one of the servers that share a state store. */
export interface Loop {
  /** One turn now; false when it is another server's. */
  turn(): Promise<boolean>
  start(): void
  close(): Promise<void>
}

const LEASE = 'scaling'
/** Another server takes over when a turn is late by half an interval. */
const LEASE_INTERVALS = 1.5
const PRUNE_SECONDS = 3600

/** A loop that stands still until it is started. */
export function createLoop(needs: LoopNeeds): Loop {
  const owner = randomUUID()
  const controller = new AbortController()
  let running: Promise<boolean> | null = null
  let timer: NodeJS.Timeout | undefined
  const prune = pruner(needs)
  const work = async (): Promise<boolean> => {
    const at = needs.now()
    if (!(await takeTurn(needs, owner, at))) return false
    await evaluateAll(needs, controller.signal)
    await prune(at)
    return true
  }
  const turn = (): Promise<boolean> => {
    running ??= work().finally(() => {
      running = null
    })
    return running
  }
  const tick = (): void => {
    turn().catch((error: unknown) => {
      if (!controller.signal.aborted) needs.onError(error)
    })
  }
  return {
    turn,
    start() {
      timer = setInterval(tick, needs.intervalSeconds * 1000)
      timer.unref()
      tick()
    },
    async close() {
      clearInterval(timer)
      controller.abort()
      await running?.catch(() => undefined)
      await needs.leases.release(LEASE, owner).catch(() => undefined)
    },
  }
}

function takeTurn(
  { leases, intervalSeconds }: LoopNeeds,
  owner: string,
  at: Date,
): Promise<boolean> {
  const until = new Date(at.getTime() + intervalSeconds * LEASE_INTERVALS * 1000)
  return leases.take(LEASE, { owner, at, until })
}

async function evaluateAll(needs: LoopNeeds, signal: AbortSignal): Promise<void> {
  const all = (await needs.policies.list()).map(policyOf)
  const enabled = all.filter(({ spec }) => spec.enabled)
  for (const [, group] of groupBy(enabled, ({ spec }) => budgetKeyOf(spec))) {
    signal.throwIfAborted()
    await evaluateGroup(needs, group, signal)
  }
  await needs.afterwards((await needs.policies.list()).map(policyOf), signal)
}

/** Forgets old events, now and then. */
function pruner({ events, keepHoldsSeconds: holds, keepSeconds: all }: LoopNeeds) {
  let prunedAt: Date | null = null
  return async (at: Date): Promise<void> => {
    if (prunedAt !== null && at.getTime() - prunedAt.getTime() < PRUNE_SECONDS * 1000) return
    prunedAt = at
    const before = (seconds: number): Date => new Date(at.getTime() - seconds * 1000)
    await events.prune({ holds: before(holds), all: before(all) })
  }
}
