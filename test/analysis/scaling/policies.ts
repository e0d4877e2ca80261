import type { PolicyRules } from '../../../src/analysis/scaling/policy.ts'
import {
  NOTHING_DONE,
  NOTHING_PENDING,
  type ScalingReading,
  type Situation,
} from '../../../src/analysis/scaling/situation.ts'

/** 5 kW for the replicas, as the document of the predictor has it. */
export const POLICY: PolicyRules = {
  scope: 'workload',
  min_replicas: 1,
  max_replicas: 20,
  watts_per_replica: null,
  power_based: {
    max_power_budget: 5000,
    scale_out_threshold: 85,
    scale_in_threshold: 60,
    cooldown_period: 300,
  },
  predictive_scaling: { enabled: false, lookahead_minutes: 30, confidence_threshold: 0.8 },
  schedule: null,
  least_coverage: 0.9,
}

export const NOON = new Date('2026-11-20T12:00:00Z')

/** A whole reading of replicas that draw all of the power. */
export function reading(
  power: number | null,
  replicas: number | null,
  more: Partial<ScalingReading> = {},
): ScalingReading {
  return {
    power_watts: power,
    coverage: 1,
    complete: true,
    stale: false,
    replicas,
    workload_power_watts: power,
    ...more,
  }
}

export function situation(
  read: ScalingReading,
  more: Partial<Omit<Situation, 'reading'>> = {},
): Situation {
  return {
    at: NOON,
    reading: read,
    forecast: null,
    state: NOTHING_DONE,
    pending: NOTHING_PENDING,
    ...more,
  }
}
