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

/** A part of a card that a pod can hold: some of its cores. Power and temperature are the card's alone. */
const partitionSchema = z.object({
  partition_id: z.string().describe('The cores that it is, such as `0-3`, or its number.'),
  profile: text,
  cores: count.nullable().describe('How many cores it has; null where they are not told apart.'),
  npu_utilization_percent: figure.describe('The mean of its cores.'),
  memory_used_mb: figure,
  memory_total_mb: figure,
  allocated_to: z.array(ownerSchema),
})

const placeShape = {
  cluster: z.string(),
  node: text,
  npu_id: z.string().describe('The id of every route below: the UUID, else node:vendor:index.'),
  uuid: text,
  device_index: count.nullable(),
  vendor: text,
  model: text,
}

const coresTotal = count.nullable().describe('Null where its exporter does not tell them apart.')

/** One NPU. The ranges of cores that pods hold are in it, never beside it. */
export const npuSchema = z.object({
  ...placeShape,
  pci_bus_id: text,
  driver_version: text,
  firmware_version: text,
  status: statusSchema,
  power_watts: figure.describe('Of the whole card; null where its exporter has no such series.'),
  power_limit_watts: figure,
  npu_utilization_percent: figure.describe('The mean of its cores where they are told apart.'),
  cores_total: coresTotal,
  memory_used_mb: figure,
  memory_total_mb: figure,
  npu_temperature_celsius: figure.describe('Of the chip, at its hottest where that is told.'),
  board_temperature_celsius: figure,
  memory_temperature_celsius: figure,
  core_clock_mhz: figure,
  memory_clock_mhz: figure,
  partitions: z.array(partitionSchema),
  allocated_to: z.array(ownerSchema),
  sources: z.array(z.string()),
})
export type Npu = z.output<typeof npuSchema>

/** The columns that a list of NPUs can be sorted by. */
export const NPU_COLUMNS = [
  'cluster',
  'node',
  'npu_id',
  'device_index',
  'vendor',
  'model',
  'status',
  'power_watts',
  'power_limit_watts',
  'npu_utilization_percent',
  'cores_total',
  'memory_used_mb',
  'memory_total_mb',
  'npu_temperature_celsius',
  'board_temperature_celsius',
  'memory_temperature_celsius',
  'core_clock_mhz',
  'memory_clock_mhz',
] as const satisfies readonly (keyof Npu)[]

const tallyShape = { npus: count, ...tallyPower }

/** All NPUs of the asked clusters in a few figures. */
export const npuSummarySchema = z.object({
  total_npus: count,
  by_status: statusCountsSchema,
  ...summaryPower,
  npu_utilization_percent_avg: figure,
  npu_temperature_celsius_avg: figure,
  npu_temperature_celsius_max: figure,
  memory_used_mb: figure,
  memory_total_mb: figure,
  cores_total: count.nullable().describe('Of the NPUs whose cores are told apart.'),
  allocated_npus: count.describe('NPUs that at least one pod holds.'),
  idle_allocated_npus: count.describe('NPUs that a pod holds and nobody uses.'),
  partitioned_npus: count,
  partitions: count,
  by_cluster: z.array(z.object({ cluster: z.string(), ...tallyShape })),
  by_model: z.array(z.object({ vendor: text, model: text, ...tallyShape })),
  kubernetes: kubernetesCountsSchema,
})
export type NpuSummary = z.output<typeof npuSummarySchema>

/** Every measure of one NPU now; null where its exporter does not report it. */
export const npuMetricsSchema = z.object({
  ...placeShape,
  metrics: z.object({
    power_watts: figure,
    power_limit_watts: figure,
    npu_utilization_percent: figure,
    tensor_active_percent: figure,
    memory_bandwidth_active_percent: figure,
    memory_used_mb: figure,
    memory_total_mb: figure,
    npu_temperature_celsius: figure,
    board_temperature_celsius: figure,
    memory_temperature_celsius: figure,
    core_clock_mhz: figure,
    memory_clock_mhz: figure,
    device_healthy: figure.describe('1 healthy, 0 not.'),
  }),
  sources: z.array(z.string()),
})

/** The power of one card now and over a window. */
export const npuPowerSchema = z.object({ ...placeShape, ...windowPower })

/** The temperatures of one card now and over a window. */
export const npuTemperatureSchema = z.object({
  ...placeShape,
  npu_temperature_celsius: figure,
  board_temperature_celsius: figure,
  memory_temperature_celsius: figure,
  npu_temperature_celsius_min: figure,
  npu_temperature_celsius_avg: figure,
  npu_temperature_celsius_max: figure,
  board_temperature_celsius_min: figure,
  board_temperature_celsius_avg: figure,
  board_temperature_celsius_max: figure,
  memory_temperature_celsius_min: figure,
  memory_temperature_celsius_avg: figure,
  memory_temperature_celsius_max: figure,
  timeseries: z.array(seriesSchema),
})

/** The parts of one card that pods hold; empty for a card that is held whole. */
export const npuPartitionsSchema = z.object({
  ...placeShape,
  cores_total: coresTotal,
  partitions: z.array(partitionSchema),
})

/** The cores of one card; empty where its exporter does not tell them apart. */
export const npuCoresSchema = z.object({
  ...placeShape,
  cores_total: coresTotal,
  cores: z.array(
    z.object({
      core_id: count,
      utilization_percent: figure,
      core_clock_mhz: figure,
      state: z.enum(['running', 'idle', 'unknown']).describe('`idle` below 1 %.'),
      allocated_to: z.array(ownerSchema),
    }),
  ),
})
