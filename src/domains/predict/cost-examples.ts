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
      'the cost is that of the energy: no node_class or gpu_model was named that a price book has',
      'a spot instance is priced as any other: its energy costs the same',
    ],
    predicted_cost: 2.4416347348240346,
    cost_breakdown: {
      compute: 0.009304062788396112,
      gpu: 2.432330672035638,
      storage: null,
      network: null,
    },
    infrastructure_cost: null,
    price_book: null,
    confidence: 0.16352201257861634,
    interval: {
      lower_80: 0.7353398352911992,
      upper_80: 4.14792963435687,
      lower_95: 0,
      upper_95: 6.276500059810284,
    },
    predicted_power_watts: 936.2096375858915,
    energy_kwh: 7.489677100687133,
    model: {
      kind: 'gradient_boosting',
      trained_on: 839,
      workloads: 113,
      trained_at: '2026-11-20T05:00:00.000Z',
    },
  },
}
