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
  spot_instance: z
    .boolean()
    .default(false)
    .describe('At the spot prices of the book. Electricity costs the same for it.'),
  node_class: nameText
    .optional()
    .describe('A class of the price book of the cluster: whole nodes of it are paid for.'),
  node_count: z.int().min(1).max(100_000).default(1).describe('How many nodes of the class.'),
  gpu_model: nameText
    .optional()
    .describe(
      'Where no class is named: `gpu_count` GPUs of this model, at the prices of the book.',
    ),
  cluster: nameText
    .optional()
    .describe('Where it is to run, which decides the prices. Without it the first that answers.'),
})

/** A cost to come. */
export const costAnswerSchema = z.object({
  predicted_cost: figure.describe('Null where it is not known; `notes` say why.'),
  currency: z.string(),
  cost_breakdown: z.object({
    compute: figure.describe(
      'Processors, memory and the rest of the node: their energy and their part of its price.',
    ),
    gpu: figure.describe('GPUs and NPUs, likewise.'),
    storage: figure.describe('The part of the price of nodes; null without one.'),
    network: figure.describe('The part of the price of nodes; null without one.'),
  }),
  infrastructure_cost: figure.describe(
    'What the nodes or GPUs cost by the price book, exactly. Null where none were named, or the book does not say.',
  ),
  price_book: z.string().nullable(),
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
