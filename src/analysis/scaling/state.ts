import type { Decision } from './decision.ts'
import type { ScalingState } from './situation.ts'

/** What a policy has done after a decision. */
export function stateAfter(
  state: ScalingState,
  { action, desired_replicas: desired, expected_change_watts: change }: Decision,
  { at, power }: { readonly at: Date; readonly power: number | null },
): ScalingState {
  if (desired === null) return state
  if (action === 'hold') return { ...state, desired_replicas: desired }
  return {
    desired_replicas: desired,
    last_action: { at, expected_change_watts: change, power_watts: power ?? 0 },
  }
}
