import { deviceId, type Partition } from '../../analysis/devices/device.ts'
import {
  byCluster,
  byModel,
  figuresOf,
  statusOf,
  tallyBy,
  valueOf,
  type Found,
  type Tally,
} from '../../services/devices/index.ts'
import type { AcceleratorSummary } from './accelerator-schemas.ts'

/** The row of one accelerator, whichever kind it is of. */
export const acceleratorRow = ({ kind, device }: Found) => ({
  type: kind.entity,
  cluster: device.cluster,
  node: device.node,
  accelerator_id: deviceId(device),
  uuid: device.uuid,
  device_index: device.device_index,
  vendor: device.vendor,
  model: device.model,
  pci_bus_id: device.pci_bus_id,
  driver_version: device.driver_version,
  status: statusOf(kind, device),
  power_watts: valueOf(device, 'power_watts'),
  power_limit_watts: valueOf(device, 'power_limit_watts'),
  utilization_percent: kind.utilizationOf(device),
  memory_used_mb: valueOf(device, 'memory_used_mb'),
  memory_total_mb: valueOf(device, 'memory_total_mb'),
  temperature_celsius: valueOf(device, kind.temperature),
  memory_temperature_celsius: valueOf(device, 'memory_temperature_celsius'),
  partitions: device.partitions.map(partitionRow),
  allocated_to: device.owners,
  sources: device.sources,
})

const partitionRow = (part: Partition) => ({
  partition_id: part.partition_id,
  profile: part.profile,
  utilization_percent:
    valueOf(part, 'engine_active_percent') ?? valueOf(part, 'npu_utilization_percent'),
  memory_used_mb: valueOf(part, 'memory_used_mb'),
  memory_total_mb: valueOf(part, 'memory_total_mb'),
  allocated_to: part.owners,
})

/** Accelerators of all kinds in a few figures. */
export function acceleratorSummary(
  found: readonly Found[],
  kubernetes: AcceleratorSummary['kubernetes'],
): AcceleratorSummary {
  const figures = figuresOf(found)
  const countOf = (entity: 'gpu' | 'npu') =>
    found.filter(({ kind }) => kind.entity === entity).length
  return {
    total_accelerators: figures.total,
    total_gpus: countOf('gpu'),
    total_npus: countOf('npu'),
    by_status: figures.by_status,
    ...figures.power,
    utilization_percent_avg: figures.utilization_percent_avg,
    temperature_celsius_avg: figures.temperature_celsius_avg,
    temperature_celsius_max: figures.temperature_celsius_max,
    ...figures.memory,
    allocated_accelerators: figures.allocated,
    idle_allocated_accelerators: figures.idle_allocated,
    partitioned_accelerators: figures.partitioned,
    partitions: figures.partitions,
    by_type: tallyBy(found, ({ kind }) => ({ type: kind.entity })).map(tallyRow),
    by_cluster: tallyBy(found, byCluster).map(tallyRow),
    by_vendor: tallyBy(found, ({ device: { vendor } }) => ({ vendor })).map(tallyRow),
    by_model: tallyBy(found, byModel).map(tallyRow),
    kubernetes,
  }
}

const tallyRow = <Key>({ key, devices, power_watts: watts }: Tally<Key>) => ({
  ...key,
  accelerators: devices,
  power_watts: watts,
})
