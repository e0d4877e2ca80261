import { randomUUID } from 'node:crypto'
import { decide } from '../../analysis/scaling/decide.ts'
import type { Decision } from '../../analysis/scaling/decision.ts'
import { rulesAt, type RulesNow } from '../../analysis/scaling/policy.ts'
import { inTurn, pendingOf } from '../../analysis/scaling/shared-budget.ts'
import {
  shedOrder,
  type Pending,
  type ReplicaPower,
  type ScalingForecast,
  type ScalingReading,
} from '../../analysis/scaling/situation.ts'
import { stateAfter } from '../../analysis/scaling/state.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { JsonObject, ScalingEventStore } from '../store/index.ts'
import { breachAfter } from './breach.ts'
import type { Decided } from './decided.ts'
import { deliveriesFor } from './outbox.ts'
import type { Policy, PolicyState } from './policy.ts'
import { accountMoment, NO_READING, readTarget, type AccountedMoment } from './reading.ts'

export interface EvaluateNeeds {
  readonly fleet: Pick<FleetReader, 'now'>
  readonly events: ScalingEventStore
  readonly forecast: ForecastPort
  readonly now: () => Date
  readonly onDecision: (policy: Policy, decided: Decided) => void
}

/** What is expected of the power of a policy's scope. Rejects with nothing: what fails is told as a problem. */
export type ForecastPort = (
  policy: Pick<Policy, 'spec'>,
  asked: { readonly at: Date; readonly signal: AbortSignal },
) => Promise<ScalingForecast>

/** Lets the policies of one budget decide, in their turn, and keeps what they decided. */
export async function evaluateGroup(
  needs: EvaluateNeeds,
  policies: readonly Policy[],
  signal: AbortSignal,
): Promise<readonly Decided[]> {
  const at = needs.now()
  const [first] = policies
  if (first === undefined) return []
  const { moment, problem } = await readMoment(needs, first, { at, signal })
  const read = new Map(policies.map((policy) => [policy.id, readingFor(moment, policy)]))
  const power = read.get(first.id)?.reading.power_watts ?? 0
  const sharers = policies.map((policy) => sharerOf(policy))
  const isShort = policies.some(({ spec }) => power > rulesAt(spec, at).upper)
  const decided: Decided[] = []
  for (const sharer of inTurn(sharers, isShort)) {
    const others = sharers.filter(({ id }) => id !== sharer.id)
    const pending = pendingOf(others, { at, powerWatts: power })
    const target = read.get(sharer.id) ?? NO_READING
    const forecast = await forecastFor(needs, sharer.policy, { at, signal })
    const made = decideOne({ policy: sharer.policy, at, pending, forecast, problem, ...target })
    const kept = await keep(needs, sharer.policy, made)
    // Another server was faster: what it decided stands.
    if (!kept) continue
    sharer.last_action = made.state.last_action
    decided.push(made)
    needs.onDecision(sharer.policy, made)
  }
  return decided
}

function sharerOf(policy: Policy) {
  return {
    id: policy.id,
    priority: policy.spec.priority,
    last_action: policy.state.last_action,
    cooldownSeconds: policy.spec.power_based.cooldown_period,
    policy,
  }
}

interface ReadMoment {
  readonly moment: AccountedMoment | null
  /** Why there is none. */
  readonly problem: string | null
}

/** What the clusters of a budget say. That they do not answer is no failure here, but no reading. */
async function readMoment(
  { fleet }: EvaluateNeeds,
  { spec }: Policy,
  asked: { readonly at: Date; readonly signal: AbortSignal },
): Promise<ReadMoment> {
  const clusters = spec.scope === 'fleet' ? undefined : [spec.target.cluster]
  try {
    const moment = await fleet.now({ ...asked, clusters, workloads: true, details: ['types'] })
    return { moment: accountMoment(moment, moment), problem: null }
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    return { moment: null, problem: error.detail }
  }
}

const readingFor = (moment: AccountedMoment | null, { spec }: Policy) =>
  moment === null ? NO_READING : readTarget(moment, spec)

async function forecastFor(
  { forecast }: EvaluateNeeds,
  policy: Policy,
  asked: { readonly at: Date; readonly signal: AbortSignal },
): Promise<ScalingForecast | null> {
  return policy.spec.predictive_scaling.enabled ? await forecast(policy, asked) : null
}

interface Deciding {
  readonly policy: Policy
  readonly at: Date
  readonly reading: ScalingReading
  readonly replicas: readonly ReplicaPower[]
  readonly forecast: ScalingForecast | null
  readonly pending: Pending
  readonly problem: string | null
}

function decideOne(deciding: Deciding): Decided {
  const { policy, at, reading, forecast, pending, problem } = deciding
  const { spec, state } = policy
  const decision = decide(spec, { at, reading, forecast, state, pending })
  const rules = rulesAt(spec, at)
  const told =
    problem === null ? decision : { ...decision, reason: `${decision.reason}: ${problem}` }
  const eventId = randomUUID()
  return {
    event_id: eventId,
    at,
    decision: told,
    reading,
    forecast,
    pending,
    rules,
    shed: shedOf(deciding, decision),
    state: {
      ...stateAfter(state, decision, { at, power: reading.power_watts }),
      last_decision: { ...told, event_id: eventId, at, coverage: reading.coverage },
      breach: breachAfter(state.breach, { at, reading, rules, decision }),
    },
  }
}

/** The replicas that go, the first to go first. */
function shedOf(
  { policy, replicas }: Deciding,
  { action, current_replicas: from, desired_replicas: to }: Decision,
): readonly ReplicaPower[] {
  if (action !== 'scale_in' || from === null || to === null) return []
  return shedOrder(replicas, policy.spec.shed_order).slice(0, from - to)
}

async function keep({ events }: EvaluateNeeds, policy: Policy, made: Decided): Promise<boolean> {
  return await events.note({
    event: {
      id: made.event_id,
      policy_id: policy.id,
      at: made.at,
      action: made.decision.action,
      rule: made.decision.rule,
      body: bodyOf(policy, made),
    },
    stateVersion: policy.state_version,
    state: asJson(made.state),
    deliveries: deliveriesFor(policy, made),
  })
}

function bodyOf({ version, spec }: Policy, made: Decided): JsonObject {
  const { decision, reading, forecast, pending, rules, shed } = made
  return {
    policy_version: version,
    mode: spec.mode,
    ...decision,
    inputs: inputsOf(rules, { reading, pending }),
    forecast,
    shed,
  }
}

function inputsOf(
  { budget, upper, lower, min, max, isActive }: RulesNow,
  { reading, pending }: Pick<Decided, 'reading' | 'pending'>,
) {
  return {
    ...reading,
    budget_watts: budget,
    upper_threshold_watts: upper,
    lower_threshold_watts: lower,
    min_replicas: min,
    max_replicas: max,
    schedule_active: isActive,
    others_shedding_watts: pending.sheddingWatts,
    others_adding_watts: pending.addingWatts,
  }
}

/** An object of ours as JSON keeps it: times become texts. */
const asJson = (state: PolicyState): JsonObject => ({ ...state })
