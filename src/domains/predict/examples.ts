import type { z } from 'zod'
import type {
  batchAnswerSchema,
  batchRowSchema,
  batchSchema,
  powerAnswerSchema,
  powerQuestionSchema,
} from './schemas.ts'

/** Answers of the demo, as the documentation shows them. */
export const EXAMPLES: {
  readonly question: z.input<typeof powerQuestionSchema>
  readonly answer: z.input<typeof powerAnswerSchema>
  readonly batch: z.input<typeof batchSchema>
  readonly ordered: z.input<typeof batchRowSchema>
  readonly batchAnswer: z.input<typeof batchAnswerSchema>
} = {
  question: { cluster: 'busan', prediction_horizon: '5m' },
  answer: {
    workload_id: null,
    target: { kind: 'cluster', cluster: 'busan', node: null, namespace: null, pod: null },
    predictions: [
      {
        timestamp: '2026-11-28T18:00:00.000Z',
        predicted_power: 7189,
        confidence: 0.9811320754716981,
        lower_80: 6953,
        upper_80: 7425,
        lower_95: 6492,
        upper_95: 7886,
      },
    ],
    total_predicted_power: 7189,
    peak_power_watts: 7189,
    mean_power_watts: 7189,
    energy_joules: 2156700,
    energy_kwh: 0.5990833333333333,
    horizon_seconds: 300,
    step_seconds: 300,
    model: 'persistence',
    model_version: 'fitted-now',
    members: [{ name: 'persistence', weight: 1 }],
    rung: 'under_2_days',
    rung_reason: 'less than 2 days of history: the last value and the mean of the last hours only',
    calibrated: false,
    level_shift: null,
    training: {
      start: '2026-11-27T08:40:00.000Z',
      end: '2026-11-28T17:55:00.000Z',
      points: 400,
      filled_points: 0,
    },
    backtest: {
      origins: 53,
      days: 0.5555555555555556,
      rmse_watts: 175.1141945476593,
      mae_watts: 96.41509433962264,
      mape_percent: 1.244532655335742,
      wape_percent: 1.2245739153773891,
      mase: 1.298794247952306,
      skill_vs_persistence: 0,
      skill_vs_seasonal_naive: null,
      coverage_80: 0.7441860465116279,
      coverage_95: 0.9534883720930233,
    },
    notes: [],
  },
  batch: {
    items: [
      { history: { power_watts: [310, 320, 330], step_seconds: 300 }, prediction_horizon: '5m' },
    ],
  },
  ordered: {
    batch_id: 'cba23250-2779-4e50-8e9e-3ab86e204e22',
    state: 'running',
    progress: 0,
    items: 1,
    answered: 0,
    failed: 0,
    created_by: 'admin',
    created_at: '2026-11-28T17:56:52.919Z',
    updated_at: '2026-11-28T17:56:52.931Z',
  },
  batchAnswer: {
    batch_id: 'cba23250-2779-4e50-8e9e-3ab86e204e22',
    state: 'done',
    progress: 1,
    items: 1,
    answered: 1,
    failed: 0,
    created_by: 'admin',
    created_at: '2026-11-28T17:56:52.919Z',
    updated_at: '2026-11-28T17:56:52.988Z',
    results: [
      {
        position: 0,
        workload_id: null,
        state: 'answered',
        answer: {
          workload_id: null,
          target: { kind: 'posted', cluster: null, node: null, namespace: null, pod: null },
          predictions: [
            {
              timestamp: '2026-11-28T18:01:52.932Z',
              predicted_power: 330,
              confidence: null,
              lower_80: null,
              upper_80: null,
              lower_95: null,
              upper_95: null,
            },
          ],
          total_predicted_power: 330,
          peak_power_watts: 330,
          mean_power_watts: 330,
          energy_joules: 99000,
          energy_kwh: 0.0275,
          horizon_seconds: 300,
          step_seconds: 300,
          model: 'persistence',
          model_version: 'fitted-now',
          members: [{ name: 'persistence', weight: 1 }],
          rung: 'under_2_days',
          rung_reason:
            'less than 2 days of history: the last value and the mean of the last hours only',
          calibrated: false,
          level_shift: null,
          training: {
            start: '2026-11-28T17:46:52.932Z',
            end: '2026-11-28T17:56:52.932Z',
            points: 3,
            filled_points: 0,
          },
          backtest: {
            origins: 1,
            days: 0.003472222222222222,
            rmse_watts: 10,
            mae_watts: 10,
            mape_percent: 3.0303030303030303,
            wape_percent: 3.0303030303030303,
            mase: 1,
            skill_vs_persistence: 0,
            skill_vs_seasonal_naive: null,
            coverage_80: null,
            coverage_95: null,
          },
          notes: [],
        },
        error: null,
      },
    ],
  },
}
