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
import { seriesSchema, windowPower } from './window-schemas.ts'

/** A share of a card with its own memory and engines: a MIG instance. */
const partitionSchema = z.object({
  partition_id: z.string().describe('The GPU instance id.'),
  profile: text.describe('The profile as the driver prints it, such as 3g.40gb.'),
  slices: count.describe('Compute slices of the card that belong to the partition.'),
  gpu_utilization_percent: figure.describe('Activity of its engines, relative to the partition.'),
  memory_used_mb: figure,
  memory_total_mb: figure,
  allocated_to: z.array(ownerSchema),
})

const placeShape = {
  cluster: z.string(),
  node: text,
  gpu_id: z.string().describe('The id of every route below: the UUID, else node:vendor:index.'),
  uuid: text,
  device_index: count.nullable(),
  vendor: text,
  model: text,
}

/** One physical GPU. MIG instances and time-sliced pods are in it, never beside it. */
export const gpuSchema = z.object({
  ...placeShape,
  pci_bus_id: text,
  driver_version: text,
  status: statusSchema,
  power_watts: figure,
  power_limit_watts: figure,
  gpu_utilization_percent: figure,
  memory_used_mb: figure,
  memory_total_mb: figure,
  gpu_temperature_celsius: figure,
  memory_temperature_celsius: figure,
  sm_clock_mhz: figure,
  memory_clock_mhz: figure,
  partitions: z.array(partitionSchema),
  allocated_to: z.array(ownerSchema),
  sources: z.array(z.string()),
})
export type Gpu = z.output<typeof gpuSchema>

/** The columns that a list of GPUs can be sorted by. */
export const GPU_COLUMNS = [
  'cluster',
  'node',
  'gpu_id',
  'device_index',
  'vendor',
  'model',
  'status',
  'power_watts',
  'power_limit_watts',
  'gpu_utilization_percent',
  'memory_used_mb',
  'memory_total_mb',
  'gpu_temperature_celsius',
  'memory_temperature_celsius',
  'sm_clock_mhz',
  'memory_clock_mhz',
] as const satisfies readonly (keyof Gpu)[]

const tallyShape = { gpus: count, ...tallyPower }

/** All GPUs of the asked clusters in a few figures. */
export const gpuSummarySchema = z.object({
  total_gpus: count,
  by_status: statusCountsSchema,
  ...summaryPower,
  gpu_utilization_percent_avg: figure,
  gpu_temperature_celsius_avg: figure,
  gpu_temperature_celsius_max: figure,
  memory_used_mb: figure,
  memory_total_mb: figure,
  allocated_gpus: count.describe('GPUs that at least one pod holds.'),
  idle_allocated_gpus: count.describe('GPUs that a pod holds and nobody uses.'),
  partitioned_gpus: count,
  partitions: count,
  by_cluster: z.array(z.object({ cluster: z.string(), ...tallyShape })),
  by_model: z.array(z.object({ vendor: text, model: text, ...tallyShape })),
  kubernetes: kubernetesCountsSchema,
})
export type GpuSummary = z.output<typeof gpuSummarySchema>

/** Every measure of one GPU now; null where its exporter does not report it. */
export const gpuMetricsSchema = z.object({
  ...placeShape,
  metrics: z.object({
    power_watts: figure,
    power_limit_watts: figure,
    gpu_utilization_percent: figure,
    engine_active_percent: figure,
    tensor_active_percent: figure,
    memory_bandwidth_active_percent: figure,
    memory_copy_utilization_percent: figure,
    encoder_utilization_percent: figure,
    decoder_utilization_percent: figure,
    memory_used_mb: figure,
    memory_total_mb: figure,
    gpu_temperature_celsius: figure,
    memory_temperature_celsius: figure,
    sm_clock_mhz: figure,
    memory_clock_mhz: figure,
    xid_code: figure,
  }),
  sources: z.array(z.string()),
})

/** The power of one board now and over a window. */
export const gpuPowerSchema = z.object({ ...placeShape, ...windowPower })

/** The temperatures of one board now and over a window. */
export const gpuTemperatureSchema = z.object({
  ...placeShape,
  gpu_temperature_celsius: figure,
  memory_temperature_celsius: figure,
  gpu_temperature_celsius_min: figure,
  gpu_temperature_celsius_avg: figure,
  gpu_temperature_celsius_max: figure,
  memory_temperature_celsius_min: figure,
  memory_temperature_celsius_avg: figure,
  memory_temperature_celsius_max: figure,
  timeseries: z.array(seriesSchema),
})

/** The partitions of one card; empty for a card that is not divided. */
export const gpuPartitionsSchema = z.object({
  ...placeShape,
  slices_total: count.describe('Compute slices that the card can be divided into.'),
  partitions: z.array(partitionSchema),
})
