import { z } from 'zod'
import { COST_MODELS } from '../../analysis/cost/models.ts'
import { WORKLOAD_TYPES } from '../../analysis/workloads/workload-type.ts'
import { nameText } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'

const figure = z.number().nullable()
const type = z.enum(WORKLOAD_TYPES)
const percent = z.number().min(0).max(100)

/** A workload as the analyzer's document writes it, or the id of one. */
export const analyzeBody = z.object({
  workload_id: nameText.describe(
    'With resources or usage_pattern only a name; else a workload of the clusters: `namespace/pod`, `cluster/namespace/pod`, a pod, a job or a service.',
  ),
  cluster: nameText.optional().describe('Only this cluster.'),
  time_range: z
    .string()
    .max(64)
    .optional()
    .describe('The window before now: `1h` (default) to `31d`.'),
  type: nameText.optional(),
  resources: z
    .strictObject({
      cpu_cores: z.number().nonnegative().optional(),
      memory_gb: z.number().nonnegative().optional(),
      gpu_count: z.number().nonnegative().optional(),
      npu_count: z.number().nonnegative().optional(),
    })
    .optional(),
  usage_pattern: z
    .strictObject({
      cpu_utilization: percent.optional(),
      memory_utilization: percent.optional(),
      gpu_utilization: percent.optional(),
      npu_utilization: percent.optional(),
    })
    .optional()
    .describe('In percent of the resources.'),
})
export type AnalyzeBody = z.output<typeof analyzeBody>

const statistics = z.object({ mean: figure, p50: figure, p95: figure, max: figure })

const resource = z.object({
  unit: z.enum(['cores', 'megabytes', 'percent']),
  requested: figure.describe('In the unit; boards that are held, for accelerators.'),
  ...statistics.shape,
})

const saving = z.object({
  power_watts: figure,
  energy_kwh_per_month: figure.describe('If it went on like this for 730 hours.'),
  cost_per_month: figure.describe('In the currency of the answer, by its cost model.'),
  carbon_kg_per_month: figure,
  accelerators: figure,
  cpu_cores: figure,
  memory_mb: figure,
})

export const analysisSchema = z.object({
  workload_id: z.string(),
  timestamp,
  cost_model: z.enum(COST_MODELS),
  currency: z.string(),
  basis: z.enum(['site', 'posted']).describe('`posted`: the figures are those of the body.'),
  pods: z.array(z.string()),
  window_seconds: z.number().nullable(),
  covered_seconds: z.number().nullable(),
  resource_profile: z.object({ cpu: resource, memory: resource, gpu: resource, npu: resource }),
  energy_profile: z.object({
    unit: z.literal('watts'),
    method: z.literal('attributed').nullable(),
    power_watts_mean: figure,
    power_watts_peak: figure,
    variability: figure.describe('Standard deviation ÷ mean.'),
    idle_share: figure.describe('Of the covered time, with accelerators below 5 %; 0 to 1.'),
    energy_joules: figure.describe('Over the covered part of the window.'),
    joules_per_token: figure,
    joules_per_inference: figure,
    phases: z.array(
      z.object({
        phase: z.enum(['low', 'high', 'steady', 'unknown']),
        start: timestamp,
        end: timestamp,
        power_watts: figure,
      }),
    ),
  }),
  classification: z.object({
    type,
    probability: figure,
    method: z.enum(['declared', 'observed', 'named', 'model', 'none']),
    evidence: z.array(
      z.object({
        kind: z.enum(['label', 'owner', 'serving_metrics', 'name', 'model']),
        says: type,
        detail: z.string(),
      }),
    ),
    reason: z.string().nullable(),
  }),
  efficiency: z.object({
    cpu_request_percent: figure.describe('Mean use of what is requested.'),
    memory_request_percent: figure,
    accelerator_percent: figure,
    accelerator_percent_per_watt: figure,
    power_limit_percent: figure.describe('Mean watts of its boards ÷ their limit.'),
  }),
  recommendations: z.array(
    z.object({
      kind: z.enum([
        'release_idle_accelerator',
        'reduce_memory_request',
        'reduce_cpu_request',
        'use_smaller_partition',
        'cap_power',
        'shift_to_off_peak',
      ]),
      reason: z.string(),
      confidence: z.number(),
      estimated_saving: saving,
    }),
  ),
})
