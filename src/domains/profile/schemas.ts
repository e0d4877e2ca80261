import { z } from 'zod'
import { WORKLOAD_TYPES } from '../../analysis/workloads/workload-type.ts'
import { nameText } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'

const figure = z.number().nullable()
const type = z.enum(WORKLOAD_TYPES)

const scoresSchema = z.object({
  rows: z.int(),
  accuracy: figure,
  macro_f1: figure.describe('The mean of the F1 of each type, all counting alike.'),
  by_class: z.array(
    z.object({
      class: z.string(),
      rows: z.int(),
      precision: figure,
      recall: figure,
      f1: z.number(),
    }),
  ),
})

/** A model and what it is worth. */
export const modelSchema = z.object({
  version: z.int(),
  created_at: timestamp,
  in_use: z.boolean(),
  note: z.string().nullable().describe('Why it is not used.'),
  scores: z.object({
    windows: z.int(),
    groups: z.int().describe('Jobs and owners that the windows are of.'),
    sites: z.int().describe('Clusters that they are of.'),
    grouped: scoresSchema.describe('At workloads that it had not seen.'),
    unseen_site: scoresSchema
      .nullable()
      .describe('At clusters that it had not seen; null with only one.'),
  }),
})

/** The types of workloads with the power of each: with the remainders they add up to the total. */
export const typesSchema = z.object({
  timestamp,
  unit: z.literal('watts'),
  total_power_watts: figure,
  coverage: figure,
  method: z.literal('attributed'),
  types: z.array(
    z.object({
      workload_type: type,
      description: z.string(),
      workloads: z.int().describe('That draw power now.'),
      power_watts: z.number(),
      percentage: figure.describe('Of the total.'),
      power_watts_mean: figure.describe('Of one workload.'),
      power_watts_p50: figure,
      power_watts_max: figure,
      accelerator_share: figure.describe('Of the watts, what GPUs and NPUs draw, 0 to 1.'),
    }),
  ),
  idle_power_watts: figure,
  unattributed_power_watts: figure,
  model: modelSchema.nullable().describe('The classifier in use; null when there is none.'),
})

const percent = z.number().min(0).max(100)

/** What a workload asks for, as the analyzer's document writes it. */
export const resourcesBody = z.strictObject({
  cpu_cores: z.number().nonnegative().optional(),
  memory_gb: z.number().nonnegative().optional(),
  gpu_count: z.number().nonnegative().optional(),
  npu_count: z.number().nonnegative().optional(),
})

/** How busy a workload is, in percent of what it asks for. */
export const usageBody = z.strictObject({
  cpu_utilization: percent.optional(),
  memory_utilization: percent.optional(),
  gpu_utilization: percent.optional(),
  npu_utilization: percent.optional(),
})

const optionalName = nameText.optional()

/** A workload by its id, or what is known of one. */
export const classifyBody = z.object({
  workload_id: optionalName.describe(
    'A workload of the asked clusters when nothing else is given: `namespace/pod`, `cluster/namespace/pod`, a pod, a job or a service. Else only a name.',
  ),
  cluster: optionalName.describe('Only this cluster.'),
  type: optionalName.describe('A type that somebody declared.'),
  workload_type: optionalName.describe('The same.'),
  pod_name: optionalName,
  namespace: optionalName,
  container_name: optionalName,
  image: z.string().max(512).optional(),
  command: z.string().max(4096).optional(),
  owner_kind: optionalName.describe('Such as `PyTorchJob` or `InferenceService`.'),
  labels: z
    .record(z.string().max(317), z.string().max(253))
    .optional()
    .describe('Labels of the pod, as Kubernetes spells them.'),
  resources: resourcesBody.optional(),
  usage_pattern: usageBody.optional(),
  power: z
    .strictObject({
      watts: z.array(z.number().nonnegative().nullable()).min(1).max(11_000),
      step_seconds: z.number().positive().max(3600),
      accelerators: z.int().min(0).max(10_000).optional(),
    })
    .optional()
    .describe('Its watts at equal steps; null for a gap.'),
})
export type ClassifyBody = z.output<typeof classifyBody>

/** The type of a workload and why. */
export const classificationShape = {
  workload_type: type,
  probability: figure.describe('0 to 1; null for `unknown`.'),
  method: z
    .enum(['declared', 'observed', 'named', 'model', 'none'])
    .describe(
      '`declared`: by a label or owner; `observed`: by what its inference server reports; `named`: by names; `model`: by the classifier.',
    ),
  evidence: z
    .array(
      z.object({
        kind: z.enum(['label', 'owner', 'serving_metrics', 'name', 'model']),
        says: type,
        detail: z.string(),
      }),
    )
    .describe('What was heard, what decided first.'),
  reason: z.string().nullable().describe('Why it is unknown.'),
}

export const classifiedSchema = z.object({
  workload_id: z.string().nullable(),
  ...classificationShape,
  pods: z.array(z.string()).describe('The pods of the site that were looked at.'),
  model_version: z.int().nullable(),
})

export const trainedSchema = z.object({
  trained_at: timestamp,
  windows: z.int().describe('Windows of workloads whose type the site states.'),
  model: modelSchema.nullable(),
  reason: z
    .string()
    .nullable()
    .describe('Why there is no new model, or why it is not used; null for one that is.'),
})
