import { z } from 'zod'
import { nameText } from '../../http/parameters.ts'

/** What is to be run, in the words of the document. */
export const predictBody = z.object({
  cluster: z.string().min(1).max(253).optional().describe('Learn from this cluster alone.'),
  resources: z.strictObject({
    cpu_cores: z.number().min(0).max(100_000).default(0),
    memory_gb: z.number().min(0).max(10_000_000).default(0),
    gpu_count: z.number().min(0).max(100_000).default(0),
    npu_count: z.number().min(0).max(100_000).default(0),
  }),
  duration_hours: z.number().positive().max(8784).describe('From now on; a year at most.'),
  node_class: nameText
    .optional()
    .describe('A class of the price book: whole nodes of it are paid for, at its prices.'),
  node_count: z.int().min(1).max(100_000).default(1).describe('How many nodes of the class.'),
  gpu_model: nameText
    .optional()
    .describe(
      'Where no class is named: `gpu_count` GPUs of this model, at the prices of the book.',
    ),
  spot_instance: z
    .boolean()
    .default(false)
    .describe('At the spot prices of the book. Electricity costs the same for it.'),
})
export type PredictBody = z.output<typeof predictBody>
