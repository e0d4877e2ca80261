import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import type { GroupState } from '../../analysis/alerts/state.ts'
import { alertIdOf } from './notice.ts'
import type { Rule } from './rule.ts'

/** A group of a rule as it is now. */
export interface CurrentAlert {
  readonly rule_id: string
  readonly severity: RuleSpec['severity']
  readonly state: GroupState['state']
  readonly labels: GroupState['labels']
  readonly group: GroupState
  readonly alertId: string | null
  readonly unit: string | null
  readonly evaluatedAt: number | null
}

/** What a rule sees now. */
export function currentAlerts({ id, spec, state }: Rule): readonly CurrentAlert[] {
  return [...state.groups.values()].map((group) => ({
    rule_id: id,
    severity: spec.severity,
    state: group.state,
    labels: group.labels,
    group,
    alertId:
      group.alert === null
        ? null
        : alertIdOf(id, { labels: group.labels, alertId: group.alert.id }),
    unit: state.evaluation?.unit ?? null,
    evaluatedAt: state.evaluation?.at ?? null,
  }))
}
