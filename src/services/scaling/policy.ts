import type { Decision } from '../../analysis/scaling/decision.ts'
import type { Mode, PolicyRules, ScalingTarget, ShedOrder } from '../../analysis/scaling/policy.ts'
import type { LastAction, ScalingState } from '../../analysis/scaling/situation.ts'
import type { JsonObject, StoredPolicy } from '../store/index.ts'

/** What a policy is to do. */
export interface PolicySpec extends PolicyRules {
  readonly name: string
  readonly description: string | null
  readonly enabled: boolean
  readonly target: ScalingTarget
  /** Of policies that share a budget, those of the lowest are shed first. */
  readonly priority: number
  readonly shed_order: ShedOrder
  readonly mode: Mode
  /** In the mode `kubernetes`: whether changes are only tried. */
  readonly dry_run: boolean
  readonly webhook: { readonly url: string } | null
}

/** A policy with what it has done. */
export interface Policy extends Omit<StoredPolicy, 'spec' | 'state'> {
  readonly spec: PolicySpec
  readonly state: PolicyState
}

export interface PolicyState extends ScalingState {
  /** Null before the first. */
  readonly last_decision: LastDecision | null
  /** Since when the power has been above the budget, as far as it is known; null while it is not. */
  readonly breach: Breach | null
}

export interface LastDecision extends Decision {
  readonly event_id: string
  readonly at: Date
  readonly coverage: number | null
}

export interface Breach {
  readonly starts_at: Date
  /** Null while it goes on. */
  readonly ends_at: Date | null
  readonly power_watts: number
  readonly budget_watts: number
}

/** A policy as it was stored. */
export function policyOf(stored: StoredPolicy): Policy {
  // What was stored had been checked.
  const spec = stored.spec as unknown as PolicySpec
  return { ...stored, spec, state: stateOf(stored.state) }
}

function stateOf(json: JsonObject): PolicyState {
  const state = json as Partial<Stored<PolicyState>>
  return {
    desired_replicas: state.desired_replicas ?? null,
    last_action: dated<LastAction>(state.last_action ?? null, ['at']),
    last_decision: dated<LastDecision>(state.last_decision ?? null, ['at']),
    breach: dated<Breach>(state.breach ?? null, ['starts_at', 'ends_at']),
  }
}

/** The same with its times as texts. */
type Stored<Value> = Value extends Date
  ? string
  : Value extends object
    ? { readonly [Key in keyof Value]: Stored<Value[Key]> }
    : Value

function dated<Value extends object>(
  stored: Stored<Value> | null,
  times: readonly (keyof Value)[],
): Value | null {
  if (stored === null) return null
  const copy: Record<string, unknown> = { ...(stored as object) }
  for (const key of times) {
    const text = copy[String(key)]
    if (typeof text === 'string') copy[String(key)] = new Date(text)
  }
  return copy as Value
}

/** What policies share when they have one budget. */
export function budgetKeyOf({ scope, target }: Pick<PolicySpec, 'scope' | 'target'>): string {
  switch (scope) {
    case 'fleet':
      return 'fleet'
    case 'cluster':
      return JSON.stringify(['cluster', target.cluster])
    case 'workload':
      return JSON.stringify([
        'workload',
        target.cluster,
        target.namespace,
        target.kind,
        target.name,
      ])
  }
}
