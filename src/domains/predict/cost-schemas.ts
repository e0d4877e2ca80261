import { z } from 'zod'
import { nameText } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'

const MOST = 1_000_000
const amount = z.number().min(0).max(MOST)
const figure = z.number().nullable()
const MOST_HOURS = 8784

/** What is asked about a cost to come. */
export const costQuestionSchema = z.strictObject({
  resources: z.strictObject({
    cpu_cores: amount,
    memory_gb: amount.default(0),
    gpu_count: z.int().min(0).max(MOST).default(0),
    npu_count: z.int().min(0).max(MOST).default(0),
  }),
  duration_hours: z.number().positive().max(MOST_HOURS),
  spot_instance: z.boolean().default(false),
  cluster: nameText
    .optional()
    .describe('Where it is to run, which decides the prices. Without it the first that answers.'),
})

/** A cost to come. */
export const costAnswerSchema = z.object({
  predicted_cost: figure.describe('Null where it is not known; `notes` say why.'),
  currency: z.string(),
  cost_breakdown: z.object({
    compute: figure.describe('The energy of processors, memory and the rest of the node.'),
    gpu: figure.describe('The energy of GPUs and NPUs.'),
    storage: figure.describe('Null: nothing here prices it.'),
    network: figure.describe('Null: nothing here prices it.'),
  }),
  confidence: figure.describe(
    'The share of workloads that the model had not seen whose truth lay within a tenth of what it said. Null where too few are known, or for more than any workload ever asked for.',
  ),
  interval: z.object({
    lower_80: figure,
    upper_80: figure,
    lower_95: figure,
    upper_95: figure,
  }),
  cluster: z.string().nullable(),
  predicted_power_watts: figure,
  energy_kwh: figure,
  cost_model: z.string(),
  model: z
    .object({
      kind: z.enum(['gradient_boosting']),
      trained_on: z.int(),
      workloads: z.int(),
      trained_at: timestamp,
    })
    .nullable(),
  notes: z.array(z.string()),
})
