import { advance } from '../../analysis/alerts/advance.ts'
import type { Sight } from '../../analysis/alerts/judge.ts'
import type { AlertChange } from '../../analysis/alerts/state.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { AlertEventStore, NewAlertDelivery, StoredAlertEvent } from '../store/index.ts'
import { endedOf } from './alertmanager.ts'
import { eventsOf } from './notice.ts'
import type { ReadNeeds } from './asked.ts'
import { readRule, type RuleRead } from './read.ts'
import { deliveriesFor, type Receivers } from './receivers.ts'
import { storedState, type Evaluation, type Rule, type RuleState } from './rule.ts'

export interface EvaluateNeeds extends ReadNeeds {
  readonly events: Pick<AlertEventStore, 'note'>
  readonly receivers: Receivers
  readonly now: () => Date
  readonly intervalSeconds: number
  /** The most groups that a rule may have, and the longest that its evaluation may take. */
  readonly mostGroups: number
  readonly ruleSeconds: number
  readonly onEvaluated: (rule: Rule, evaluation: Evaluation) => void
  readonly onEvent: (event: StoredAlertEvent) => void
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
  /** How many deliveries wait for each receiver. */
  readonly waiting: ReadonlyMap<string, number>
}

const GRID_MS = 15_000

/** Evaluates a rule and keeps what comes of it. False when somebody else changed it meanwhile: then nothing is kept. */
export async function evaluateRule(
  needs: EvaluateNeeds,
  rule: Rule,
  { at, signal, waiting }: Asked,
): Promise<boolean> {
  const { spec, state: before, id } = rule
  const started = performance.now()
  const { sight, unit, ...outcome } = await look(needs, rule, { at, signal })
  const { groups, changes, cut } = advance(
    before.groups,
    { spec, sight },
    { now: at.getTime(), intervalSeconds: needs.intervalSeconds, mostGroups: needs.mostGroups },
  )
  const seconds = (performance.now() - started) / 1000
  const evaluation: Evaluation = { ...outcome, at: at.getTime(), seconds, cut, unit }
  const about = { ruleId: id, spec, unit }
  const { deliveries, toldAt } = deliveriesFor(
    needs.receivers,
    { about, changes, groups, toldAt: before.toldAt },
    { at, waiting },
  )
  const ended = endedOf(before.ended, about, { changes, now: at.getTime() })
  const events = eventsOf(about, changes, at)
  const kept = await keep(needs, rule, {
    at,
    events,
    deliveries,
    next: { groups, evaluation, ended, toldAt },
  })
  if (!kept) return false
  needs.onEvaluated(rule, evaluation)
  for (const event of events) needs.onEvent(event)
  return true
}

interface Kept {
  readonly at: Date
  readonly events: readonly StoredAlertEvent[]
  readonly deliveries: readonly NewAlertDelivery[]
  readonly next: RuleState
}

function keep({ events: store }: EvaluateNeeds, rule: Rule, { next, ...rest }: Kept) {
  return store.note({
    ...rest,
    ruleId: rule.id,
    state: { version: rule.state_version, next: storedState(next) },
  })
}

interface Looked extends Pick<Evaluation, 'outcome' | 'detail' | 'unit'> {
  readonly sight: Sight
}

/** What a rule sees now. What cannot be read is nothing that anybody knows. */
async function look(
  needs: EvaluateNeeds,
  { spec, state }: Rule,
  { at, signal }: Pick<Asked, 'at' | 'signal'>,
): Promise<Looked> {
  const limit = AbortSignal.timeout(needs.ruleSeconds * 1000)
  const startMs = Math.floor(at.getTime() / GRID_MS) * GRID_MS
  const grid = { startMs, stepMs: GRID_MS, steps: 1 }
  try {
    const asked = { grid, at, now: at, signal: AbortSignal.any([signal, limit]) }
    return lookedAt(await readRule(needs, spec, asked))
  } catch (error) {
    signal.throwIfAborted()
    const isLate = limit.aborted
    if (!isLate && !(error instanceof KCloudError)) throw error
    const detail = isLate
      ? `it could not be read within ${needs.ruleSeconds} s`
      : (error as KCloudError).detail
    const silent = new Map(needs.clusters().map((name) => [name, detail]))
    const unit = state.evaluation?.unit ?? null
    const sight = { groups: new Map(), silent }
    return { sight, outcome: isLate ? 'timeout' : 'failed', detail, unit }
  }
}

const NOTHING: Sight = { groups: new Map(), silent: new Map() }

function lookedAt({ sights, clusters, unit }: RuleRead): Looked {
  const sight = sights[0] ?? NOTHING
  const silent = clusters.filter(({ status }) => status !== 'ok').map(({ name }) => name)
  if (silent.length === 0) return { sight, unit, outcome: 'ok', detail: null }
  return {
    sight,
    unit,
    outcome: 'partial',
    detail: `no complete answer from ${silent.join(', ')}`,
  }
}

/** Ends all that fires, because nobody watches it any more. */
export function closing({ id, spec, state }: Rule, reason: string, at: Date) {
  const about = { ruleId: id, spec, unit: state.evaluation?.unit ?? null }
  const changes = [...state.groups.values()].flatMap((group): AlertChange[] => {
    const { alert, missingTold, missingSince, labels, value } = group
    const told = { labels, value, reason }
    return [
      ...(alert === null
        ? []
        : [{ ...told, kind: 'resolved', alertId: alert.id, startsAt: alert.startsAt } as const]),
      ...(!missingTold || missingSince === null
        ? []
        : [
            {
              ...told,
              kind: 'data_back',
              alertId: `missing-${missingSince}`,
              startsAt: missingSince,
            } as const,
          ]),
    ]
  })
  const ended = endedOf(state.ended, about, { changes, now: at.getTime() })
  return { about, changes, ended, events: eventsOf(about, changes, at) }
}
