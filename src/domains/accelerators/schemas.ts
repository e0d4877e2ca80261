import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'

const text = z.string().nullable()
const figure = z.number().nullable()

const ownerSchema = z.object({
  namespace: text,
  pod: z.string(),
  container: text,
})

/** A share of a card with its own memory and engines: a MIG instance. */
export const partitionSchema = z.object({
  partition_id: z.string().describe('The GPU instance id.'),
  profile: text.describe('The profile as the driver prints it, such as 3g.40gb.'),
  slices: z.number().int().describe('Compute slices of the card that belong to the partition.'),
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
  device_index: z.number().int().nullable(),
  vendor: text,
  model: text,
}

/** One physical GPU. MIG instances and time-sliced pods are in it, never beside it. */
export const gpuSchema = z.object({
  ...placeShape,
  pci_bus_id: text,
  driver_version: text,
  status: z.enum(['active', 'idle', 'error', 'unknown']),
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
export const SORTABLE = [
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

const tallyShape = {
  gpus: z.number().int(),
  power_watts: figure.describe('Sum over the boards that report their power.'),
}

/** All GPUs of the asked clusters in a few figures. */
export const gpuSummarySchema = z.object({
  total_gpus: z.number().int(),
  by_status: z.object({
    active: z.number().int(),
    idle: z.number().int(),
    error: z.number().int(),
    unknown: z.number().int(),
  }),
  power_watts: figure.describe('Sum over the boards that report their power.'),
  power_watts_avg: figure,
  power_watts_max: figure,
  power_coverage: figure.describe('Boards that report their power ÷ boards known, 0–1.'),
  gpu_utilization_percent_avg: figure,
  gpu_temperature_celsius_avg: figure,
  gpu_temperature_celsius_max: figure,
  memory_used_mb: figure,
  memory_total_mb: figure,
  allocated_gpus: z.number().int().describe('GPUs that at least one pod holds.'),
  idle_allocated_gpus: z.number().int().describe('GPUs that a pod holds and nobody uses.'),
  partitioned_gpus: z.number().int(),
  partitions: z.number().int(),
  by_cluster: z.array(z.object({ cluster: z.string(), ...tallyShape })),
  by_model: z.array(z.object({ vendor: text, model: text, ...tallyShape })),
  kubernetes: z
    .object({
      capacity: z.record(z.string(), z.number()),
      allocatable: z.record(z.string(), z.number()),
      requested_by_running_pods: z.record(z.string(), z.number()),
    })
    .nullable()
    .describe('What Kubernetes counts, by extended resource; null where it is not monitored.'),
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

const pointSchema = z.tuple([z.number(), figure])

/** One or several series on one grid; a gap is a null. */
const seriesSchema = z.object({
  metric: z.string(),
  unit: z.string(),
  start: timestamp,
  end: timestamp,
  step_seconds: z.number(),
  series: z.array(
    z.object({ key: z.record(z.string(), z.string()), points: z.array(pointSchema) }),
  ),
})
export type TimeSeries = z.output<typeof seriesSchema>

/** The power of one board now and over a window. */
export const gpuPowerSchema = z.object({
  ...placeShape,
  power_watts: figure.describe('Now.'),
  power_limit_watts: figure,
  power_watts_min: figure.describe('The lowest sample of the window.'),
  power_watts_avg: figure.describe('The mean of the samples of the window.'),
  power_watts_max: figure.describe('The highest sample of the window.'),
  energy_joules: figure.describe('Energy over the covered part of the window.'),
  energy_method: z.enum(['counter', 'integral']).nullable(),
  covered_seconds: z.number().describe('How much of the window the energy was measured in.'),
  window_seconds: z.number(),
  source: text,
  method: z.literal('measured'),
  timeseries: seriesSchema,
})

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
  slices_total: z.number().int().describe('Compute slices that the card can be divided into.'),
  partitions: z.array(partitionSchema),
})
