import { deviceId, type Device, type Partition } from '../../analysis/devices/device.ts'
import { slicesOf, slicesOfCard } from '../../analysis/devices/slices.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import {
  byCluster,
  byModel,
  figuresOf,
  GPU,
  statusOf,
  tallyBy,
  valueOf,
  type Found,
  type Tally,
} from '../../services/devices/index.ts'
import type { Sensor } from './device-windows.ts'
import type { GpuSummary } from './gpu-schemas.ts'

/** What is shown of one GPU that the list has no room for. */
export const GPU_METRICS: NonEmpty<Gauge> = [
  ...GPU.measures,
  'tensor_active_percent',
  'memory_bandwidth_active_percent',
  'memory_copy_utilization_percent',
  'encoder_utilization_percent',
  'decoder_utilization_percent',
]

/** What says which card a row is about. */
export const gpuPlace = (device: Device) => ({
  cluster: device.cluster,
  node: device.node,
  gpu_id: deviceId(device),
  uuid: device.uuid,
  device_index: device.device_index,
  vendor: device.vendor,
  model: device.model,
})

const partitionRow = (part: Partition) => ({
  partition_id: part.partition_id,
  profile: part.profile,
  slices: slicesOf(part.profile),
  gpu_utilization_percent: valueOf(part, 'engine_active_percent'),
  memory_used_mb: valueOf(part, 'memory_used_mb'),
  memory_total_mb: valueOf(part, 'memory_total_mb'),
  allocated_to: part.owners,
})

/**
 * The row of one GPU, as the list and the detail show it. It is not spread from `gpuPlace`: that takes 20 times as
 * long.
 */
export const gpuRow = (device: Device) => ({
  cluster: device.cluster,
  node: device.node,
  gpu_id: deviceId(device),
  uuid: device.uuid,
  device_index: device.device_index,
  vendor: device.vendor,
  model: device.model,
  pci_bus_id: device.pci_bus_id,
  driver_version: device.driver_version,
  status: statusOf(GPU, device),
  power_watts: valueOf(device, 'power_watts'),
  power_limit_watts: valueOf(device, 'power_limit_watts'),
  gpu_utilization_percent: GPU.utilizationOf(device),
  memory_used_mb: valueOf(device, 'memory_used_mb'),
  memory_total_mb: valueOf(device, 'memory_total_mb'),
  gpu_temperature_celsius: valueOf(device, 'gpu_temperature_celsius'),
  memory_temperature_celsius: valueOf(device, 'memory_temperature_celsius'),
  sm_clock_mhz: valueOf(device, 'sm_clock_mhz'),
  memory_clock_mhz: valueOf(device, 'memory_clock_mhz'),
  partitions: device.partitions.map(partitionRow),
  allocated_to: device.owners,
  sources: device.sources,
})

/** Every measure of one GPU. */
export const gpuMetrics = (device: Device) => ({
  ...gpuPlace(device),
  metrics: {
    power_watts: valueOf(device, 'power_watts'),
    power_limit_watts: valueOf(device, 'power_limit_watts'),
    gpu_utilization_percent: GPU.utilizationOf(device),
    engine_active_percent: valueOf(device, 'engine_active_percent'),
    tensor_active_percent: valueOf(device, 'tensor_active_percent'),
    memory_bandwidth_active_percent: valueOf(device, 'memory_bandwidth_active_percent'),
    memory_copy_utilization_percent: valueOf(device, 'memory_copy_utilization_percent'),
    encoder_utilization_percent: valueOf(device, 'encoder_utilization_percent'),
    decoder_utilization_percent: valueOf(device, 'decoder_utilization_percent'),
    memory_used_mb: valueOf(device, 'memory_used_mb'),
    memory_total_mb: valueOf(device, 'memory_total_mb'),
    gpu_temperature_celsius: valueOf(device, 'gpu_temperature_celsius'),
    memory_temperature_celsius: valueOf(device, 'memory_temperature_celsius'),
    sm_clock_mhz: valueOf(device, 'sm_clock_mhz'),
    memory_clock_mhz: valueOf(device, 'memory_clock_mhz'),
    xid_code: valueOf(device, 'xid_code'),
  },
  sources: device.sources,
})

/** The MIG instances of one GPU. */
export const gpuPartitions = (device: Device) => ({
  ...gpuPlace(device),
  slices_total: slicesOfCard(device.model, device.partitions),
  partitions: device.partitions.map(partitionRow),
})

export const GPU_SENSORS = ['gpu_temperature_celsius', 'memory_temperature_celsius'] as const

/** The temperatures of one GPU over a window. */
export function gpuTemperatures(
  device: Device,
  sensors: Readonly<Record<(typeof GPU_SENSORS)[number], Sensor>>,
) {
  const { gpu_temperature_celsius: die, memory_temperature_celsius: memory } = sensors
  return {
    ...gpuPlace(device),
    gpu_temperature_celsius: die.now,
    memory_temperature_celsius: memory.now,
    gpu_temperature_celsius_min: die.lowest,
    gpu_temperature_celsius_avg: die.mean,
    gpu_temperature_celsius_max: die.highest,
    memory_temperature_celsius_min: memory.lowest,
    memory_temperature_celsius_avg: memory.mean,
    memory_temperature_celsius_max: memory.highest,
    timeseries: [die.timeseries, memory.timeseries],
  }
}

/** GPUs in a few figures. */
export function gpuSummary(
  found: readonly Found[],
  kubernetes: GpuSummary['kubernetes'],
): GpuSummary {
  const figures = figuresOf(found)
  return {
    total_gpus: figures.total,
    by_status: figures.by_status,
    ...figures.power,
    gpu_utilization_percent_avg: figures.utilization_percent_avg,
    gpu_temperature_celsius_avg: figures.temperature_celsius_avg,
    gpu_temperature_celsius_max: figures.temperature_celsius_max,
    ...figures.memory,
    allocated_gpus: figures.allocated,
    idle_allocated_gpus: figures.idle_allocated,
    partitioned_gpus: figures.partitioned,
    partitions: figures.partitions,
    by_cluster: tallyBy(found, byCluster).map(tallyRow),
    by_model: tallyBy(found, byModel).map(tallyRow),
    kubernetes,
  }
}

const tallyRow = <Key>({ key, devices, power_watts: watts }: Tally<Key>) => ({
  ...key,
  gpus: devices,
  power_watts: watts,
})
