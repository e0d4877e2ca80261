import type { NonEmpty } from '../../kernel/kind.ts'
import type { Condition, Origin, SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { BOARD_WATTS, CELSIUS, DEVICE_MEBIBYTES, FLAG, MEGAHERTZ, PERCENT } from './ranges.ts'

/** The exporter can put a prefix before all its names, which is `amd_` where it is set. */
const named = (...names: NonEmpty<string>): NonEmpty<string> => [
  ...names,
  ...names.map((name) => `amd_${name}`),
]

const clock = (...types: NonEmpty<string>): Origin<'frequency'> => ({
  metrics: named('gpu_clock'),
  unit: 'megahertz',
  where: [{ label: 'clock_type', oneOf: types }],
  plausible: MEGAHERTZ,
})

const SHARED = {
  vendor: 'amd',
  entity: 'gpu',
  reference: 'ROCm/device-metrics-exporter v1.3.1 pkg/amdgpu/gpuagent, docs to v1.4.2',
  freshnessSeconds: 120,
  owners: POD_OWNERS,
  ownPod: 'metrics-exporter',
  measures: {
    power_watts: {
      // MI3xx fills the first, MI2xx the second, which MI300 reads as 0; the third repeats either.
      metrics: named('gpu_package_power', 'gpu_average_package_power', 'gpu_power_usage'),
      unit: 'watts',
      plausible: BOARD_WATTS,
      absent: [0],
    },
    energy_joules: {
      metrics: named('gpu_energy_consumed'),
      unit: 'microjoules',
      plausible: { least: 0, most: 2 ** 63 },
      absent: [0],
    },
    memory_bandwidth_active_percent: {
      metrics: named('gpu_umc_activity'),
      unit: 'percent',
      plausible: PERCENT,
    },
    // "MB" is 2^20 bytes.
    memory_used_mb: {
      metrics: named('gpu_used_vram'),
      unit: 'mebibytes',
      plausible: DEVICE_MEBIBYTES,
    },
    memory_free_mb: {
      metrics: named('gpu_free_vram'),
      unit: 'mebibytes',
      plausible: DEVICE_MEBIBYTES,
    },
    memory_total_mb: {
      metrics: named('gpu_total_vram'),
      unit: 'mebibytes',
      plausible: DEVICE_MEBIBYTES,
      absent: [0],
    },
    gpu_temperature_celsius: {
      // MI3xx fills the first, MI2xx the second.
      metrics: named('gpu_junction_temperature', 'gpu_edge_temperature'),
      unit: 'celsius',
      plausible: CELSIUS,
      absent: [0],
    },
    memory_temperature_celsius: {
      metrics: named('gpu_memory_temperature'),
      unit: 'celsius',
      plausible: CELSIUS,
      absent: [0],
    },
    sm_clock_mhz: clock('system', 'GPU_CLOCK_TYPE_SYSTEM'),
    memory_clock_mhz: clock('memory', 'GPU_CLOCK_TYPE_MEMORY'),
    device_healthy: { metrics: named('gpu_health'), unit: 'code', plausible: FLAG },
  },
} as const satisfies Partial<SourceSpec>

const ACTIVITY: Origin<'share'> = {
  metrics: named('gpu_gfx_activity'),
  unit: 'percent',
  plausible: PERCENT,
}

const LABELS = {
  // A partition may have a UUID of its own, the board has one serial number.
  uuid: ['serial_number', 'gpu_uuid'],
  device_index: ['gpu_id'],
  node: ['hostname', 'node', 'instance'],
  model: ['card_model'],
  serial: ['serial_number'],
} as const

/** Names such as `gpu_clock` are anybody's; only this exporter says the serial number beside them. */
const OURS: Condition = { label: 'serial_number', noneOf: [''] }

/** AMD Instinct cards that are used whole. */
export const amd = {
  ...SHARED,
  name: 'amd',
  title: 'AMD device metrics exporter',
  where: [OURS, { label: 'gpu_compute_partition_type', oneOf: ['spx', ''] }],
  labels: LABELS,
  presence: ['power_watts', 'gpu_utilization_percent', 'memory_total_mb'],
  pulses: [{ measure: 'power_watts', busy: 'gpu_utilization_percent' }],
  measures: { ...SHARED.measures, gpu_utilization_percent: ACTIVITY },
} as const satisfies SourceSpec

/** The same cards divided (DPX, QPX, CPX): power, energy and temperature stand on partition 0 only. */
export const amdPartitions = {
  ...SHARED,
  name: 'amd_partitions',
  title: 'AMD device metrics exporter: divided cards',
  where: [OURS, { label: 'gpu_compute_partition_type', noneOf: ['spx', ''] }],
  labels: {
    ...LABELS,
    partition_id: ['gpu_partition_id'],
    partition_profile: ['gpu_compute_partition_type'],
  },
  presence: ['power_watts', 'engine_active_percent', 'memory_total_mb'],
  // How busy each part is, of itself.
  measures: { ...SHARED.measures, engine_active_percent: ACTIVITY },
} as const satisfies SourceSpec
