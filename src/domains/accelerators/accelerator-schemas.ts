import { z } from 'zod'
import {
  count,
  figure,
  kubernetesCountsSchema,
  ownerSchema,
  statusCountsSchema,
  statusSchema,
  summaryPower,
  tallyPower,
  text,
} from './schemas.ts'

export const typeSchema = z.enum(['gpu', 'npu'])

/** One accelerator of any kind: what GPUs and NPUs have in common, under names that fit both. */
export const acceleratorSchema = z.object({
  type: typeSchema,
  cluster: z.string(),
  node: text,
  accelerator_id: z.string().describe('The `gpu_id` or `npu_id` of the routes of its type.'),
  uuid: text,
  device_index: count.nullable(),
  vendor: text,
  model: text,
  pci_bus_id: text,
  driver_version: text,
  status: statusSchema,
  power_watts: figure,
  power_limit_watts: figure,
  utilization_percent: figure.describe('`gpu_utilization_percent` or `npu_utilization_percent`.'),
  memory_used_mb: figure,
  memory_total_mb: figure,
  temperature_celsius: figure.describe('`gpu_temperature_celsius` or `npu_temperature_celsius`.'),
  memory_temperature_celsius: figure,
  partitions: z.array(
    z.object({
      partition_id: z.string(),
      profile: text,
      utilization_percent: figure,
      memory_used_mb: figure,
      memory_total_mb: figure,
      allocated_to: z.array(ownerSchema),
    }),
  ),
  allocated_to: z.array(ownerSchema),
  sources: z.array(z.string()),
})
export type Accelerator = z.output<typeof acceleratorSchema>

/** The columns that a list of accelerators can be sorted by. */
export const ACCELERATOR_COLUMNS = [
  'type',
  'cluster',
  'node',
  'accelerator_id',
  'device_index',
  'vendor',
  'model',
  'status',
  'power_watts',
  'power_limit_watts',
  'utilization_percent',
  'memory_used_mb',
  'memory_total_mb',
  'temperature_celsius',
  'memory_temperature_celsius',
] as const satisfies readonly (keyof Accelerator)[]

const tallyShape = { accelerators: count, ...tallyPower }

/** All accelerators of the asked clusters in a few figures. */
export const acceleratorSummarySchema = z.object({
  total_accelerators: count,
  total_gpus: count,
  total_npus: count,
  by_status: statusCountsSchema,
  ...summaryPower,
  utilization_percent_avg: figure,
  temperature_celsius_avg: figure,
  temperature_celsius_max: figure,
  memory_used_mb: figure,
  memory_total_mb: figure,
  allocated_accelerators: count.describe('Accelerators that at least one pod holds.'),
  idle_allocated_accelerators: count.describe('Accelerators that a pod holds and nobody uses.'),
  partitioned_accelerators: count,
  partitions: count,
  by_type: z.array(z.object({ type: typeSchema, ...tallyShape })),
  by_cluster: z.array(z.object({ cluster: z.string(), ...tallyShape })),
  by_vendor: z.array(z.object({ vendor: text, ...tallyShape })),
  by_model: z.array(z.object({ vendor: text, model: text, ...tallyShape })),
  kubernetes: kubernetesCountsSchema,
})
export type AcceleratorSummary = z.output<typeof acceleratorSummarySchema>
