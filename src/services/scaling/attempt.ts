import type { Attempt } from '../outbox/index.ts'
import type { Delivery, DeliveryKind, DeliveryStore, PolicyStore } from '../store/index.ts'
import { policyOf } from './policy.ts'

export interface AttemptNeeds {
  readonly deliveries: DeliveryStore
  readonly policies: Pick<PolicyStore, 'find'>
  readonly attempts: Readonly<Record<DeliveryKind, Attempt<Delivery>>>
}

/** Attempts what is still to be done: by a policy that is on, and not replaced since. */
export function attemptsBy({ policies, deliveries, attempts }: AttemptNeeds): Attempt<Delivery> {
  return async (delivery, signal) => {
    const policy = await policies.find(delivery.policy_id)
    if (policy === null || !policyOf(policy).spec.enabled)
      return { outcome: 'failed', problem: 'its policy was switched off' }
    // An old change that comes after a new one would undo it.
    if (await deliveries.isReplaced(delivery))
      return { outcome: 'failed', problem: 'a newer change of its policy replaced it' }
    return await attempts[delivery.kind](delivery, signal)
  }
}
