import { createTurns, nowAndThen, type TellAlertmanagers, type Turns } from '../outbox/index.ts'
import type {
  AlertDeliveryStore,
  AlertEventStore,
  AlertRuleStore,
  LeaseStore,
} from '../store/index.ts'
import { alertmanagerAlerts } from './alertmanager.ts'
import { evaluateRule, type EvaluateNeeds } from './evaluate.ts'
import { ruleOf, type Rule } from './rule.ts'

export interface LoopNeeds extends EvaluateNeeds {
  readonly rules: AlertRuleStore
  readonly events: AlertEventStore
  readonly deliveries: AlertDeliveryStore
  readonly leases: LeaseStore
  readonly keepSeconds: number
  /** The Alertmanagers by the name of their receiver. */
  readonly alertmanagers: ReadonlyMap<string, TellAlertmanagers>
  /** How many rules there was no time for. */
  readonly onTurn: (turn: { readonly seconds: number; readonly skipped: number }) => void
  readonly onError: (error: unknown) => void
}

const PRUNE_SECONDS = 3600
/** The part of an interval that evaluations may take: the rest is for telling. */
const SHARE = 0.8

/** Evaluates all rules by the clock. It stands still until it is started. */
export function createLoop(needs: LoopNeeds): Turns {
  const prune = nowAndThen(PRUNE_SECONDS, (at) =>
    needs.events.prune(new Date(at.getTime() - needs.keepSeconds * 1000)),
  )
  let first = ''
  return createTurns({
    ...needs,
    name: 'alerts',
    isPatient: true,
    async work(at, signal) {
      first = await evaluateAll(needs, { at, signal, first })
      await tellAlertmanagers(needs, signal)
      await prune(at)
    },
  })
}

interface Turn {
  readonly at: Date
  readonly signal: AbortSignal
  /** The rule that there was no time for in the turn before: it comes first. */
  readonly first: string
}

/** Gives the first rule that there was no time for, or nothing. */
async function evaluateAll(needs: LoopNeeds, { at, signal, first }: Turn): Promise<string> {
  const started = performance.now()
  const all = (await needs.rules.list()).map(ruleOf).filter(({ spec }) => spec.enabled)
  const from = Math.max(
    0,
    all.findIndex(({ id }) => id >= first),
  )
  const turn = [...all.slice(from), ...all.slice(0, from)]
  const counts = await needs.deliveries.waiting()
  const waiting = new Map([...counts].map(([name, { count }]) => [name, count]))
  const seconds = (): number => (performance.now() - started) / 1000
  let done = 0
  for (const rule of turn) {
    signal.throwIfAborted()
    if (done > 0 && seconds() > needs.intervalSeconds * SHARE) break
    await evaluateRule(needs, rule, { at, signal, waiting })
    done += 1
  }
  needs.onTurn({ seconds: seconds(), skipped: turn.length - done })
  return turn[done]?.id ?? ''
}

async function tellAlertmanagers(needs: LoopNeeds, signal: AbortSignal): Promise<void> {
  if (needs.alertmanagers.size === 0) return
  const all = (await needs.rules.list()).map(ruleOf)
  const times = { now: needs.now(), intervalSeconds: needs.intervalSeconds }
  const isTold = ({ spec }: Rule, name: string): boolean => spec.receivers.includes(name)
  for (const [name, tell] of needs.alertmanagers) {
    const rules = all.filter((rule) => isTold(rule, name))
    await tell(
      rules.flatMap((rule) => alertmanagerAlerts(rule, times)),
      signal,
    )
  }
}
