import { coresIn } from '../../analysis/devices/cores.ts'
import { deviceId, type Core, type Device, type Partition } from '../../analysis/devices/device.ts'
import { deviceStatus } from '../../analysis/devices/status.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import {
  byCluster,
  byModel,
  figuresOf,
  NPU,
  statusOf,
  tallyBy,
  valueOf,
  type Found,
  type Tally,
} from '../../services/devices/index.ts'
import type { Sensor } from './device-windows.ts'
import type { NpuSummary } from './npu-schemas.ts'

/** What is shown of one NPU that the list has no room for. */
export const NPU_METRICS: NonEmpty<Gauge> = [
  ...NPU.measures,
  'tensor_active_percent',
  'memory_bandwidth_active_percent',
]

/** What says which card a row is about. */
export const npuPlace = (device: Device) => ({
  cluster: device.cluster,
  node: device.node,
  npu_id: deviceId(device),
  uuid: device.uuid,
  device_index: device.device_index,
  vendor: device.vendor,
  model: device.model,
})

const partitionRow = (part: Partition) => ({
  partition_id: part.partition_id,
  profile: part.profile,
  cores: coreCount(part),
  npu_utilization_percent: valueOf(part, 'npu_utilization_percent'),
  memory_used_mb: valueOf(part, 'memory_used_mb'),
  memory_total_mb: valueOf(part, 'memory_total_mb'),
  allocated_to: part.owners,
})

/** A plain number is the number of a partition and not a core. */
function coreCount({ partition_id: id }: Partition): number | null {
  const cores = coresIn(id)
  return cores.length > 1 ? cores.length : null
}

/**
 * The row of one NPU, as the list and the detail show it. It is not spread from `npuPlace`: that takes 20 times as
 * long.
 */
export const npuRow = (device: Device) => ({
  cluster: device.cluster,
  node: device.node,
  npu_id: deviceId(device),
  uuid: device.uuid,
  device_index: device.device_index,
  vendor: device.vendor,
  model: device.model,
  pci_bus_id: device.pci_bus_id,
  driver_version: device.driver_version,
  firmware_version: device.firmware_version,
  status: statusOf(NPU, device),
  power_watts: valueOf(device, 'power_watts'),
  power_limit_watts: valueOf(device, 'power_limit_watts'),
  npu_utilization_percent: valueOf(device, 'npu_utilization_percent'),
  cores_total: device.cores_total,
  memory_used_mb: valueOf(device, 'memory_used_mb'),
  memory_total_mb: valueOf(device, 'memory_total_mb'),
  npu_temperature_celsius: valueOf(device, 'npu_temperature_celsius'),
  board_temperature_celsius: valueOf(device, 'board_temperature_celsius'),
  memory_temperature_celsius: valueOf(device, 'memory_temperature_celsius'),
  core_clock_mhz: valueOf(device, 'core_clock_mhz'),
  memory_clock_mhz: valueOf(device, 'memory_clock_mhz'),
  partitions: device.partitions.map(partitionRow),
  allocated_to: device.owners,
  sources: device.sources,
})

/** Every measure of one NPU. */
export const npuMetrics = (device: Device) => ({
  ...npuPlace(device),
  metrics: {
    power_watts: valueOf(device, 'power_watts'),
    power_limit_watts: valueOf(device, 'power_limit_watts'),
    npu_utilization_percent: valueOf(device, 'npu_utilization_percent'),
    tensor_active_percent: valueOf(device, 'tensor_active_percent'),
    memory_bandwidth_active_percent: valueOf(device, 'memory_bandwidth_active_percent'),
    memory_used_mb: valueOf(device, 'memory_used_mb'),
    memory_total_mb: valueOf(device, 'memory_total_mb'),
    npu_temperature_celsius: valueOf(device, 'npu_temperature_celsius'),
    board_temperature_celsius: valueOf(device, 'board_temperature_celsius'),
    memory_temperature_celsius: valueOf(device, 'memory_temperature_celsius'),
    core_clock_mhz: valueOf(device, 'core_clock_mhz'),
    memory_clock_mhz: valueOf(device, 'memory_clock_mhz'),
    device_healthy: valueOf(device, 'device_healthy'),
  },
  sources: device.sources,
})

/** The parts of one NPU that pods hold. */
export const npuPartitions = (device: Device) => ({
  ...npuPlace(device),
  cores_total: device.cores_total,
  partitions: device.partitions.map(partitionRow),
})

/** The cores of one NPU. */
export const npuCores = (device: Device) => ({
  ...npuPlace(device),
  cores_total: device.cores_total,
  cores: device.cores.map((core) => ({
    core_id: core.core_id,
    utilization_percent: valueOf(core, 'npu_utilization_percent'),
    core_clock_mhz: valueOf(core, 'core_clock_mhz'),
    state: stateOf(core),
    allocated_to: core.owners,
  })),
})

const STATES = { active: 'running', idle: 'idle', error: 'unknown', unknown: 'unknown' } as const

const stateOf = (core: Core) =>
  STATES[deviceStatus(valueOf(core, 'npu_utilization_percent'), false)]

export const NPU_SENSORS = [
  'npu_temperature_celsius',
  'board_temperature_celsius',
  'memory_temperature_celsius',
] as const

/** The temperatures of one NPU over a window. */
export function npuTemperatures(
  device: Device,
  sensors: Readonly<Record<(typeof NPU_SENSORS)[number], Sensor>>,
) {
  const {
    npu_temperature_celsius: chip,
    board_temperature_celsius: board,
    memory_temperature_celsius: memory,
  } = sensors
  return {
    ...npuPlace(device),
    npu_temperature_celsius: chip.now,
    board_temperature_celsius: board.now,
    memory_temperature_celsius: memory.now,
    npu_temperature_celsius_min: chip.lowest,
    npu_temperature_celsius_avg: chip.mean,
    npu_temperature_celsius_max: chip.highest,
    board_temperature_celsius_min: board.lowest,
    board_temperature_celsius_avg: board.mean,
    board_temperature_celsius_max: board.highest,
    memory_temperature_celsius_min: memory.lowest,
    memory_temperature_celsius_avg: memory.mean,
    memory_temperature_celsius_max: memory.highest,
    timeseries: [chip.timeseries, board.timeseries, memory.timeseries],
  }
}

/** NPUs in a few figures. */
export function npuSummary(
  found: readonly Found[],
  kubernetes: NpuSummary['kubernetes'],
): NpuSummary {
  const figures = figuresOf(found)
  return {
    total_npus: figures.total,
    by_status: figures.by_status,
    ...figures.power,
    npu_utilization_percent_avg: figures.utilization_percent_avg,
    npu_temperature_celsius_avg: figures.temperature_celsius_avg,
    npu_temperature_celsius_max: figures.temperature_celsius_max,
    ...figures.memory,
    cores_total: figures.cores_total,
    allocated_npus: figures.allocated,
    idle_allocated_npus: figures.idle_allocated,
    partitioned_npus: figures.partitioned,
    partitions: figures.partitions,
    by_cluster: tallyBy(found, byCluster).map(tallyRow),
    by_model: tallyBy(found, byModel).map(tallyRow),
    kubernetes,
  }
}

const tallyRow = <Key>({ key, devices, power_watts: watts }: Tally<Key>) => ({
  ...key,
  npus: devices,
  power_watts: watts,
})
