import { deviceId, type Device, type Partition } from '../../analysis/devices/device.ts'
import { slicesOf } from '../../analysis/devices/slices.ts'
import { deviceStatus, type DeviceStatus } from '../../analysis/devices/status.ts'
import { isSeriousXid } from '../../catalogue/faults.ts'
import type { Gauge, Measure } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'

/** What the list reads of every GPU. */
export const LIST_MEASURES = [
  'power_watts',
  'gpu_utilization_percent',
  'engine_active_percent',
  'memory_used_mb',
  'gpu_temperature_celsius',
  'memory_temperature_celsius',
  'sm_clock_mhz',
  'memory_clock_mhz',
  'xid_code',
] as const satisfies NonEmpty<Gauge>

/** What is shown of one GPU that the list has no room for. */
export const ALL_MEASURES = [
  ...LIST_MEASURES,
  'tensor_active_percent',
  'memory_bandwidth_active_percent',
  'memory_copy_utilization_percent',
  'encoder_utilization_percent',
  'decoder_utilization_percent',
] as const satisfies NonEmpty<Gauge>

/** A measure of a device; null where nobody reports it. */
export const valueOf = ({ values, facts }: Device, measure: Measure): number | null =>
  values[measure] ?? facts[measure] ?? null

/**
 * How busy a card is. A divided card has no utilisation of its own: it is the activity of its instances,
 * weighted by the slices they have of it. Cards whose exporter reports activity only show that.
 */
export function utilizationOf(device: Device): number | null {
  const active = valueOf(device, 'engine_active_percent')
  if (device.partitions.length > 0) return active
  return valueOf(device, 'gpu_utilization_percent') ?? active
}

export function statusOf(device: Device): DeviceStatus {
  const xid = valueOf(device, 'xid_code')
  return deviceStatus(utilizationOf(device), xid !== null && isSeriousXid(xid))
}

/** What says which card a row is about. */
export const placeOf = (device: Device) => ({
  cluster: device.cluster,
  node: device.node,
  gpu_id: deviceId(device),
  uuid: device.uuid,
  device_index: device.device_index,
  vendor: device.vendor,
  model: device.model,
})

export const partitionRow = (part: Partition) => ({
  partition_id: part.partition_id,
  profile: part.profile,
  slices: slicesOf(part.profile),
  gpu_utilization_percent: part.values['engine_active_percent'] ?? null,
  memory_used_mb: part.values['memory_used_mb'] ?? null,
  memory_total_mb: part.values['memory_total_mb'] ?? null,
  allocated_to: part.owners,
})

/** The row of one GPU, as the list and the detail show it. It is not spread from `placeOf`: that takes 20 times as long. */
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
  status: statusOf(device),
  power_watts: valueOf(device, 'power_watts'),
  power_limit_watts: valueOf(device, 'power_limit_watts'),
  gpu_utilization_percent: utilizationOf(device),
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
export const metricsOf = (device: Device) => ({
  power_watts: valueOf(device, 'power_watts'),
  power_limit_watts: valueOf(device, 'power_limit_watts'),
  gpu_utilization_percent: utilizationOf(device),
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
})
