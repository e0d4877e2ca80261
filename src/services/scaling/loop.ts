import { groupBy } from '../../analysis/power/group.ts'
import { createTurns, nowAndThen, type Turns } from '../outbox/index.ts'
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

const PRUNE_SECONDS = 3600

/** Evaluates all policies by the clock. It stands still until it is started. */
export function createLoop(needs: LoopNeeds): Turns {
  const prune = nowAndThen(PRUNE_SECONDS, (at) => forgetOld(needs, at))
  return createTurns({
    ...needs,
    name: 'scaling',
    async work(at, signal) {
      await evaluateAll(needs, signal)
      await prune(at)
    },
  })
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

function forgetOld(
  { events, keepHoldsSeconds: holds, keepSeconds: all }: LoopNeeds,
  at: Date,
): Promise<void> {
  const before = (seconds: number): Date => new Date(at.getTime() - seconds * 1000)
  return events.prune({ holds: before(holds), all: before(all) })
}
