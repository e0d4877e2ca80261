import type { JsonObject } from '../store/index.ts'
import type { Decided } from './decided.ts'
import type { Policy } from './policy.ts'

/** Something that is to be done outside once a decision is kept. */
export interface Outgoing {
  readonly id: string
  readonly kind: 'webhook' | 'kubernetes'
  readonly body: JsonObject
}

/** What a change has to do outside, by the mode of its policy. What was only advised does nothing. */
export function deliveriesFor({ id, version, spec }: Policy, made: Decided): readonly Outgoing[] {
  const { decision, event_id: event } = made
  if (decision.action === 'hold' || spec.mode === 'advise') return []
  const { target, dry_run: dryRun } = spec
  if (spec.mode === 'kubernetes') {
    const { current_replicas: from, desired_replicas: to } = decision
    return [{ id: event, kind: 'kubernetes', body: { target, from, to, dry_run: dryRun } }]
  }
  const url = spec.webhook?.url ?? ''
  const payload = {
    type: 'scaling.decision',
    timestamp: made.at.toISOString(),
    data: {
      event_id: event,
      policy_id: id,
      policy_version: version,
      target,
      action: decision.action,
      rule: decision.rule,
      reason: decision.reason,
      current_replicas: decision.current_replicas,
      desired_replicas: decision.desired_replicas,
      expected_change_watts: decision.expected_change_watts,
      power_watts: made.reading.power_watts,
      budget_watts: made.rules.budget,
      shed: made.shed,
    },
  }
  return [{ id: event, kind: 'webhook', body: { url, payload } }]
}
