import type { SourceSpec } from '../source.ts'
import { POD_NAME_OWNERS, POD_OWNERS } from './owners.ts'
import {
  BOARD_WATTS,
  CELSIUS,
  DEVICE_BYTES,
  DEVICE_MEBIBYTES,
  MEGAHERTZ,
  PERCENT,
  RATIO,
} from './ranges.ts'

// Vendors whose exporters are known from descriptions by others only: from the queries of a scheduler's user
// interface, and a public comparison of vendors.

const SECOND_HAND = 'Read from descriptions by others; no sample of a real device was seen.'
/** Where their exporters may say the node. */
export const NODE_NAMES = ['node', 'hostname', 'Hostname', 'exported_node', 'instance'] as const
const REFERENCE = 'HAMi-WebUI queries and a public matrix of vendors, second-hand'

/** What the sources of these vendors have in common. */
export const SECOND_HAND_SOURCE = {
  entity: 'npu',
  reference: REFERENCE,
  freshnessSeconds: 120,
  identity: ['uuid', 'node', 'device_index'],
  caution: SECOND_HAND,
} as const

/** Hygon DCUs. */
export const hygon = {
  ...SECOND_HAND_SOURCE,
  name: 'hygon',
  title: 'Hygon dcu-exporter',
  vendor: 'hygon',
  labels: {
    uuid: ['device_id'],
    device_index: ['minor_number'],
    node: NODE_NAMES,
    model: ['device_name', 'name'],
  },
  owners: POD_OWNERS,
  ownPod: 'dcu-exporter',
  presence: ['power_watts', 'npu_utilization_percent'],
  measures: {
    power_watts: { metrics: ['dcu_power_usage'], unit: 'watts', plausible: BOARD_WATTS },
    npu_utilization_percent: {
      metrics: ['dcu_utilizationrate'],
      unit: 'percent',
      plausible: PERCENT,
    },
    npu_temperature_celsius: { metrics: ['dcu_temp'], unit: 'celsius', plausible: CELSIUS },
    memory_used_mb: {
      metrics: ['dcu_usedmemory_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['dcu_memorycap_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
  },
} as const satisfies SourceSpec

/** Iluvatar cards. Their UUIDs begin as NVIDIA's do. */
export const iluvatar = {
  ...SECOND_HAND_SOURCE,
  name: 'iluvatar',
  title: 'Iluvatar ix-exporter',
  vendor: 'iluvatar',
  labels: {
    uuid: ['uuid'],
    device_index: ['gpu'],
    node: ['node_name', ...NODE_NAMES],
    model: ['name'],
    serial: ['serial'],
    driver_version: ['driver'],
  },
  owners: POD_OWNERS,
  ownPod: 'ix-exporter',
  presence: ['power_watts', 'npu_utilization_percent'],
  measures: {
    power_watts: { metrics: ['ix_power_usage'], unit: 'watts', plausible: BOARD_WATTS },
    npu_utilization_percent: {
      metrics: ['ix_gpu_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    npu_temperature_celsius: {
      metrics: ['ix_temperature', 'ix_gpu_temperature'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    memory_used_mb: {
      metrics: ['ix_mem_used'],
      unit: 'mebibytes',
      plausible: DEVICE_MEBIBYTES,
    },
    memory_total_mb: {
      metrics: ['ix_mem_total'],
      unit: 'mebibytes',
      plausible: DEVICE_MEBIBYTES,
    },
    core_clock_mhz: {
      metrics: ['ix_sm_clock', 'ix_gpu_clock'],
      unit: 'megahertz',
      plausible: MEGAHERTZ,
    },
  },
} as const satisfies SourceSpec

/** Enflame GCUs. `enflame_gcu_power_usage` is a percentage and not read; -1 says that there is no sensor. */
export const enflame = {
  ...SECOND_HAND_SOURCE,
  name: 'enflame',
  title: 'Enflame gcu-exporter',
  vendor: 'enflame',
  labels: {
    uuid: ['uuid'],
    device_index: ['minor_number'],
    node: ['host', ...NODE_NAMES],
    model: ['name'],
    pci_bus_id: ['busid'],
  },
  owners: POD_NAME_OWNERS,
  ownPod: 'gcu-exporter',
  presence: ['power_watts', 'device_healthy'],
  measures: {
    power_watts: {
      metrics: ['enflame_gcu_power_consumption'],
      unit: 'watts',
      plausible: BOARD_WATTS,
      absent: [-1],
    },
    npu_utilization_percent: {
      metrics: ['enflame_gcu_usage'],
      unit: 'percent',
      plausible: PERCENT,
      absent: [-1],
    },
    npu_temperature_celsius: {
      metrics: ['enflame_gcu_temperatures'],
      unit: 'celsius',
      plausible: CELSIUS,
      absent: [-1],
    },
    memory_used_mb: {
      metrics: ['enflame_gcu_memory_used_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
      absent: [-1],
    },
    memory_total_mb: {
      metrics: ['enflame_gcu_memory_total_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
      absent: [-1],
    },
    device_healthy: {
      metrics: ['enflame_gcu_health'],
      unit: 'code',
      plausible: { least: 0, most: 2 },
      absent: [0],
      codes: [
        [2, 1],
        [1, 0],
      ],
    },
  },
} as const satisfies SourceSpec

/** Kunlunxin XPUs. Their names begin as node_exporter's do. The unit of their memory is not known. */
export const kunlunxin = {
  ...SECOND_HAND_SOURCE,
  name: 'kunlunxin',
  title: 'Kunlunxin xpu-exporter',
  vendor: 'kunlunxin',
  labels: {
    uuid: ['uuid', 'sn'],
    device_index: ['device', 'index', 'id', 'minor'],
    node: NODE_NAMES,
    model: ['model', 'name'],
  },
  owners: POD_OWNERS,
  ownPod: 'xpu-exporter',
  presence: ['power_watts', 'npu_utilization_percent'],
  measures: {
    power_watts: { metrics: ['node_xpu_powerUsage'], unit: 'watts', plausible: BOARD_WATTS },
    npu_utilization_percent: {
      metrics: ['node_xpu_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    npu_temperature_celsius: { metrics: ['node_xpu_temp'], unit: 'celsius', plausible: CELSIUS },
  },
} as const satisfies SourceSpec

/** AWS Trainium and Inferentia: what is listed are NeuronCores, several of which make a device. */
export const neuron = {
  ...SECOND_HAND_SOURCE,
  name: 'neuron',
  title: 'AWS neuron-monitor',
  vendor: 'aws',
  reference: 'neuron-monitor-prometheus.py, by samples that others published',
  labels: {
    device_index: ['neuroncore'],
    node: ['node', 'instance_id', 'exported_node', 'instance'],
    model: ['instance_type'],
  },
  identity: ['node', 'device_index'],
  owners: POD_OWNERS,
  ownPod: 'neuron-monitor',
  presence: ['npu_utilization_percent'],
  measures: {
    npu_utilization_percent: {
      metrics: ['neuroncore_utilization_ratio'],
      unit: 'ratio',
      plausible: RATIO,
    },
  },
  caution: 'Shows no power. Each entry is a NeuronCore and not a device.',
} as const satisfies SourceSpec
