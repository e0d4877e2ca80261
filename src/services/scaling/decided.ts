import type { Decision } from '../../analysis/scaling/decision.ts'
import type { RulesNow } from '../../analysis/scaling/policy.ts'
import type {
  Pending,
  ReplicaPower,
  ScalingForecast,
  ScalingReading,
} from '../../analysis/scaling/situation.ts'
import type { PolicyState } from './policy.ts'

/** A decision with everything that it rests on, and the state that it leads to. */
export interface Decided {
  readonly event_id: string
  readonly at: Date
  readonly decision: Decision
  readonly reading: ScalingReading
  readonly forecast: ScalingForecast | null
  readonly pending: Pending
  readonly rules: RulesNow
  /** The replicas that go, the first to go first. */
  readonly shed: readonly ReplicaPower[]
  readonly state: PolicyState
}
