import type { z } from 'zod'
import type { modelMetricsSchema, modelSchema, trainingSchema } from './schemas.ts'

/** What the documentation shows. A training outlasts the exchange with the demo: these are written by hand. */
export const EXAMPLES: {
  readonly model: z.input<typeof modelSchema>
  readonly metrics: z.input<typeof modelMetricsSchema>
  readonly training: z.input<typeof trainingSchema>
} = {
  model: {
    model_id: 'power.cluster.busan',
    target: { kind: 'cluster', cluster: 'busan', node: null, namespace: null, pod: null },
    active_version: 1,
    serving_version: 1,
    versions: [
      {
        version: 1,
        status: 'written',
        problem: null,
        created_at: '2026-11-28T17:58:12.000Z',
        gate_reason: '0.871 times the error of repeating the last value',
        trained_from: '2026-11-12T02:00:00.000Z',
        trained_to: '2026-11-28T17:00:00.000Z',
        training_points: 400,
        training_seconds: 14.2,
        rmse_watts: 412.6,
        members: [
          { name: 'persistence', weight: 0.31 },
          { name: 'seasonal_naive_day', weight: 0.24 },
          { name: 'ridge', weight: 0.45 },
        ],
        weights_sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      },
    ],
  },
  metrics: {
    model_id: 'power.cluster.busan',
    serving_version: 1,
    versions: [
      {
        version: 1,
        metrics: {
          backtest: { origins: 53, days: 6.7, fitted_on_points: 240 },
          scores: {
            rmse_watts: 412.6,
            mae_watts: 296.1,
            mape_percent: 4.1,
            wape_percent: 4,
            mase: 0.82,
          },
          member_scores: [
            {
              member: 'persistence',
              rmse_watts: 473.7,
              mae_watts: 351.4,
              mape_percent: 4.9,
              wape_percent: 4.8,
              mase: 0.97,
            },
          ],
          skill_vs_persistence: 0.129,
          skill_vs_seasonal_naive: 0.094,
          coverage: [
            { level: 0.8, share: 0.79 },
            { level: 0.9, share: 0.9 },
            { level: 0.95, share: 0.94 },
          ],
          members: [
            { name: 'persistence', weight: 0.31 },
            { name: 'seasonal_naive_day', weight: 0.24 },
            { name: 'ridge', weight: 0.45 },
          ],
        },
      },
    ],
    events: [],
  },
  training: {
    job_id: '1d3c4f0e-5f0d-4a3b-9a58-0c3c1b6f7f10',
    model_id: 'power.cluster.busan',
    target: { kind: 'cluster', cluster: 'busan', node: null, namespace: null, pod: null },
    state: 'queued',
    progress: 0,
    version: null,
    activated: null,
    detail: null,
    created_by: 'admin',
    created_at: '2026-11-28T17:57:58.000Z',
    updated_at: '2026-11-28T17:57:58.000Z',
  },
}
