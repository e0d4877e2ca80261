import type { GroupStates } from '../../analysis/alerts/advance.ts'
import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import { groupKey, type GroupState } from '../../analysis/alerts/state.ts'
import type { JsonObject, StoredAlertRule } from '../store/index.ts'

/** How the last evaluation went. */
export interface Evaluation {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly outcome: 'ok' | 'partial' | 'failed' | 'timeout'
  /** What is missing from it, in words. */
  readonly detail: string | null
  readonly seconds: number
  /** How many groups were left out because there are too many. */
  readonly cut: number
  readonly unit: string | null
}

/** An alert that has ended, which Alertmanager is told for a while. */
export interface Ended {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: number
  readonly endsAt: number
}

/** What a rule has seen. */
export interface RuleState {
  readonly groups: GroupStates
  readonly evaluation: Evaluation | null
  readonly ended: readonly Ended[]
  /** When each receiver was last told of what fires. */
  readonly toldAt: Readonly<Record<string, number>>
}

/** A rule with what it has seen. */
export interface Rule extends Omit<StoredAlertRule, 'spec' | 'state'> {
  readonly spec: RuleSpec
  readonly state: RuleState
}

/** A rule as it was stored. */
export function ruleOf(stored: StoredAlertRule): Rule {
  // What was stored had been checked.
  const spec = stored.spec as unknown as RuleSpec
  return { ...stored, spec, state: stateOf(stored.state) }
}

interface StoredState extends Omit<RuleState, 'groups'> {
  readonly groups: readonly GroupState[]
}

function stateOf(json: JsonObject): RuleState {
  // Only we write it.
  const state = json as unknown as Partial<StoredState>
  return {
    groups: new Map((state.groups ?? []).map((group) => [groupKey(group.labels), group])),
    evaluation: state.evaluation ?? null,
    ended: state.ended ?? [],
    toldAt: state.toldAt ?? {},
  }
}

/** What a rule has seen, to be stored. */
export function storedState(state: RuleState): JsonObject {
  return JSON.parse(JSON.stringify({ ...state, groups: [...state.groups.values()] })) as JsonObject
}
