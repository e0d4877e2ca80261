import type { Device } from '../../analysis/devices/device.ts'
import { deviceStatus, type DeviceStatus } from '../../analysis/devices/status.ts'
import type { Label } from '../../catalogue/entities.ts'
import { isSeriousXid } from '../../catalogue/faults.ts'
import type { Gauge, Measure } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'

/** What reading a kind of accelerator takes, and how its own measures are understood. */
export interface DeviceKind {
  readonly entity: 'gpu' | 'npu'
  /** As people call one of them. */
  readonly title: string
  /** What the list reads of every device. */
  readonly measures: NonEmpty<Gauge>
  /** What tells whether it is there, what it is doing, and how it is. */
  readonly signs: NonEmpty<Gauge>
  /** The measure of its die or chip. */
  readonly temperature: Gauge
  /** Labels that say what a device is, beside those of its place. */
  readonly facts: NonEmpty<Label>
  /** Labels that say which part of a device a row speaks of. */
  readonly parts: NonEmpty<Label>
  /** How Kubernetes' extended resources of this kind begin, as kube-state-metrics spells them. */
  readonly resources: NonEmpty<string>
  utilizationOf(device: Device): number | null
  isFaulty(device: Device): boolean
}

/** Anything that has measures: a device, a part of it, a core. */
type Measured = Pick<Device, 'values'> & Partial<Pick<Device, 'facts'>>

/** A measure of a device; null where nobody reports it. */
export const valueOf = ({ values, facts }: Measured, measure: Measure): number | null =>
  values[measure] ?? facts?.[measure] ?? null

const isUnhealthy = (device: Device): boolean => valueOf(device, 'device_healthy') === 0

/** Graphics processors of all vendors. */
export const GPU: DeviceKind = {
  entity: 'gpu',
  title: 'GPU',
  measures: [
    'power_watts',
    'gpu_utilization_percent',
    'engine_active_percent',
    'memory_used_mb',
    'gpu_temperature_celsius',
    'memory_temperature_celsius',
    'sm_clock_mhz',
    'memory_clock_mhz',
    'xid_code',
    'device_healthy',
  ],
  signs: [
    'power_watts',
    'gpu_utilization_percent',
    'engine_active_percent',
    'gpu_temperature_celsius',
    'xid_code',
    'device_healthy',
  ],
  temperature: 'gpu_temperature_celsius',
  facts: ['pci_bus_id', 'model', 'driver_version'],
  parts: ['partition_id'],
  resources: ['nvidia_com_', 'amd_com_', 'gpu_intel_com_', 'mthreads_com_'],
  /**
   * A divided card has no utilisation of its own: it is the activity of its instances, weighted by the slices they
   * have of it. Cards whose exporter reports activity only show that.
   */
  utilizationOf(device) {
    const active = valueOf(device, 'engine_active_percent')
    if (device.partitions.length > 0) return active
    return valueOf(device, 'gpu_utilization_percent') ?? active
  },
  isFaulty(device) {
    const xid = valueOf(device, 'xid_code')
    return (xid !== null && isSeriousXid(xid)) || isUnhealthy(device)
  },
}

/** Everything else that is built for neural networks: what the catalogue's sources call an NPU. */
export const NPU: DeviceKind = {
  entity: 'npu',
  title: 'NPU',
  measures: [
    'power_watts',
    'npu_utilization_percent',
    'memory_used_mb',
    'npu_temperature_celsius',
    'board_temperature_celsius',
    'memory_temperature_celsius',
    'core_clock_mhz',
    'memory_clock_mhz',
    'device_healthy',
  ],
  signs: [
    'power_watts',
    'npu_utilization_percent',
    'npu_temperature_celsius',
    'memory_used_mb',
    'device_healthy',
  ],
  temperature: 'npu_temperature_celsius',
  facts: ['pci_bus_id', 'model', 'driver_version', 'firmware_version', 'core'],
  parts: ['partition_id', 'core'],
  resources: [
    'furiosa_ai_',
    'rebellions_ai_',
    'huawei_com_Ascend',
    'habana_ai_',
    'google_com_tpu',
    'cambricon_com_',
    'aws_amazon_com_neuron',
    'enflame_com_',
    'hygon_com_',
    'iluvatar_',
    'kunlunxin_com_',
    'metax_tech_com_',
  ],
  utilizationOf: (device) => valueOf(device, 'npu_utilization_percent'),
  isFaulty: isUnhealthy,
}

/** What a device is doing. */
export const statusOf = (kind: DeviceKind, device: Device): DeviceStatus =>
  deviceStatus(kind.utilizationOf(device), kind.isFaulty(device))
