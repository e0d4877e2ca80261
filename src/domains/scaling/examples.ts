import type { z } from 'zod'
import type { eventSchema, metricSchema } from './event-schemas.ts'
import type { newPolicySchema, policySchema } from './policy-schemas.ts'
import type { simulateSchema, simulationSchema } from './simulation-schemas.ts'

/** Answers of the demo, as the documentation shows them. */
export const EXAMPLES: {
  readonly newPolicy: z.input<typeof newPolicySchema>
  readonly policy: z.input<typeof policySchema>
  readonly event: z.input<typeof eventSchema>
  readonly metric: z.input<typeof metricSchema>
  readonly simulate: z.input<typeof simulateSchema>
  readonly simulation: z.input<typeof simulationSchema>
} = {
  newPolicy: {
    name: 'gateway-budget',
    target: { cluster: 'seoul', namespace: 'web', name: 'gateway' },
    min_replicas: 4,
    max_replicas: 40,
    power_based: { max_power_budget: 7 },
  },
  policy: {
    id: 'gateway-budget',
    version: 1,
    name: 'gateway-budget',
    description: null,
    enabled: true,
    target: { cluster: 'seoul', namespace: 'web', kind: 'Deployment', name: 'gateway' },
    scope: 'workload',
    min_replicas: 4,
    max_replicas: 40,
    watts_per_replica: null,
    power_based: {
      enabled: true,
      max_power_budget: 7,
      scale_out_threshold: 85,
      scale_in_threshold: 60,
      cooldown_period: 300,
    },
    predictive_scaling: { enabled: false, lookahead_minutes: 30, confidence_threshold: 0.8 },
    schedule: null,
    least_coverage: 0.9,
    priority: 100,
    shed_order: 'most_power_first',
    mode: 'advise',
    dry_run: true,
    webhook: null,
    created_by: 'demo',
    created_at: '2026-11-28T20:35:36.475Z',
    updated_at: '2026-11-28T20:35:36.475Z',
  },
  event: {
    event_id: 'ebf29571-7b49-4740-a02c-928b35a2fe3b',
    policy_id: 'gateway-budget',
    at: '2026-11-28T20:35:36.557Z',
    policy_version: 1,
    mode: 'advise',
    current_replicas: 24,
    permitted_replicas: 19,
    watts_per_replica: 0.312085,
    forecast_used: false,
    action: 'scale_in',
    rule: 'over_budget',
    desired_replicas: 19,
    expected_change_watts: -1.560425,
    reason:
      'the power is above the budget (7.49 W of 7 W, thresholds 4.2 W and 5.95 W, 0.312 W a replica): from 24 to 19 replicas',
    inputs: {
      power_watts: 7.49004,
      coverage: 1,
      complete: true,
      stale: false,
      replicas: 24,
      workload_power_watts: 7.49004,
      budget_watts: 7,
      upper_threshold_watts: 5.95,
      lower_threshold_watts: 4.2,
      min_replicas: 4,
      max_replicas: 40,
      schedule_active: true,
      others_shedding_watts: 0,
      others_adding_watts: 0,
    },
    forecast: null,
    shed: [
      { pod: 'gateway-wvjf8jtc7-jm2d2', power_watts: 0.864122 },
      { pod: 'gateway-zgj8xltkt-qbcbg', power_watts: 0.5894839999999999 },
      { pod: 'gateway-cws8vq4g4-l7k68', power_watts: 0.569683 },
      { pod: 'gateway-bzb9q5q9b-l8bzd', power_watts: 0.439268 },
      { pod: 'gateway-kvv4nzgg2-ppznl', power_watts: 0.42074599999999995 },
    ],
    delivery: null,
  },
  metric: {
    value: 19,
    active: true,
    rule: 'over_budget',
    reason:
      'the power is above the budget (7.49 W of 7 W, thresholds 4.2 W and 5.95 W, 0.312 W a replica): from 24 to 19 replicas',
    coverage: 1,
    decided_at: '2026-11-28T20:35:36.557Z',
    valid_until: '2026-11-28T20:38:06.557Z',
  },
  simulate: { period: '15m', step: '5m', price_per_kwh: 0.12 },
  simulation: {
    policy_id: 'gateway-budget',
    policy_version: 1,
    source: 'recorded',
    start: '2026-11-28T20:20:00.000Z',
    end: '2026-11-28T20:35:00.000Z',
    step_seconds: 300,
    model:
      'each replica draws what each drew then; what does not belong to the replicas is as it was; forecasts are those that were possible from the same past',
    decisions: 3,
    decisions_by_rule: [
      { rule: 'near_budget', count: 2 },
      { rule: 'within_band', count: 1 },
    ],
    changes: [
      {
        current_replicas: 24,
        permitted_replicas: 20,
        watts_per_replica: 0.28636619166666666,
        forecast_used: false,
        action: 'scale_in',
        rule: 'near_budget',
        desired_replicas: 20,
        expected_change_watts: -1.1454647666666666,
        reason:
          'the power is above the upper threshold (6.87 W of 7 W, thresholds 4.2 W and 5.95 W, 0.286 W a replica): from 24 to 20 replicas',
        at: '2026-11-28T20:20:00.000Z',
        power_watts: 6.8727886,
      },
      {
        current_replicas: 20,
        permitted_replicas: 19,
        watts_per_replica: 0.30636969166666667,
        forecast_used: false,
        action: 'scale_in',
        rule: 'near_budget',
        desired_replicas: 19,
        expected_change_watts: -0.30636969166666667,
        reason:
          'the power is above the upper threshold (6.13 W of 7 W, thresholds 4.2 W and 5.95 W, 0.306 W a replica): from 20 to 19 replicas',
        at: '2026-11-28T20:30:00.000Z',
        power_watts: 6.1273938333333335,
      },
    ],
    simulated: {
      energy_joules: 5678.26253,
      cost: { amount: 0.0001892754176666667, currency: 'USD' },
      covered_seconds: 900,
      peak_power_watts: 6.8727886,
      violations: [],
      energy_kwh: 0.0015772951472222223,
      violation_seconds: 0,
    },
    recorded: {
      energy_joules: 6401.54772,
      cost: { amount: 0.000213384924, currency: 'USD' },
      covered_seconds: 900,
      peak_power_watts: 7.3528726,
      violations: [
        {
          start: '2026-11-28T20:25:00.000Z',
          end: '2026-11-28T20:35:00.000Z',
          peak_power_watts: 7.3528726,
          budget_watts: 7,
        },
      ],
      energy_kwh: 0.0017782077,
      violation_seconds: 600,
    },
    energy_saved_joules: 723.2851899999996,
    cost_saved: { amount: 2.4109506333333303e-5, currency: 'USD' },
    points: [
      [1795897200, 6.8727886, 6.8727886, 24, 24],
      [1795897500, 7.1128312, 5.927359333333333, 24, 20],
      [1795897800, 7.3528726, 6.1273938333333335, 24, 20],
    ],
  },
}
