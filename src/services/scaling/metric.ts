import { KCloudError } from '../../kernel/errors.ts'
import type { Policy } from './policy.ts'

/** A number for an autoscaler. */
export interface ScalingMetric {
  /** How many replicas there should be. */
  readonly value: number
  readonly active: boolean
  readonly rule: string
  readonly reason: string
  readonly coverage: number | null
  readonly decided_at: Date
  /** After this there is no number, unless something new is decided. */
  readonly valid_until: Date
}

/** A decision is good for so many intervals. */
const VALID_INTERVALS = 2.5

/** The number of a policy. Rejects with `partial_refused` where there is none that may be acted on. */
export function metricOf(
  { id, spec, state: { last_decision: last } }: Policy,
  { now, intervalSeconds }: { readonly now: Date; readonly intervalSeconds: number },
): ScalingMetric {
  if (!spec.enabled) throw noNumber(`the scaling policy ${id} is switched off`)
  if (last === null) throw noNumber(`the scaling policy ${id} has not decided anything yet`)
  const until = new Date(last.at.getTime() + intervalSeconds * VALID_INTERVALS * 1000)
  if (until < now)
    throw noNumber(`the last decision of the scaling policy ${id} is of ${last.at.toISOString()}`)
  const { desired_replicas: value } = last
  if (value === null) throw noNumber(`${last.rule}: ${last.reason}`)
  return {
    value,
    active: value > 0,
    rule: last.rule,
    reason: last.reason,
    coverage: last.coverage,
    decided_at: last.at,
    valid_until: until,
  }
}

const noNumber = (detail: string): KCloudError => new KCloudError('partial_refused', { detail })
