import type { z } from 'zod'
import type { costAnswerSchema, costQuestionSchema } from './cost-schemas.ts'

/** An answer of the demo, as the documentation shows it. */
export const COST_EXAMPLES: {
  readonly question: z.input<typeof costQuestionSchema>
  readonly answer: z.input<typeof costAnswerSchema>
} = {
  question: {
    resources: { cpu_cores: 16, memory_gb: 64, gpu_count: 4 },
    duration_hours: 8,
    spot_instance: true,
  },
  answer: {
    currency: 'USD',
    cost_model: 'kcloud',
    cluster: 'busan',
    notes: [
      'the cost is that of the energy: there are no prices of nodes, storage and network here',
      'a spot instance is priced as any other: its energy costs the same',
    ],
    predicted_cost: 2.0109225434541407,
    cost_breakdown: {
      compute: 0.003698733190304445,
      gpu: 2.0072238102638362,
      storage: null,
      network: null,
    },
    confidence: 0.2689655172413793,
    interval: {
      lower_80: 0.9336466035091004,
      upper_80: 3.088198483399181,
      lower_95: 0,
      upper_95: 4.288642247259785,
    },
    predicted_power_watts: 771.0592574594037,
    energy_kwh: 6.168474059675231,
    model: {
      kind: 'gradient_boosting',
      trained_on: 818,
      workloads: 106,
      trained_at: '2026-11-28T21:49:23.358Z',
    },
  },
}
