import type { SourceSpec } from '../source.ts'
import { BOARD_WATTS, CELSIUS, DEVICE_MEBIBYTES, MEGAHERTZ, PERCENT } from './ranges.ts'

/**
 * Huawei's NPUs through all eras: an index alone; with `vdie_id`, which may be empty; with pods since MindCluster 6.
 * One entry is one die: some cards have two. Samples carry the time at which the exporter looked.
 */
export const ascend = {
  name: 'ascend',
  title: 'Ascend npu-exporter',
  vendor: 'huawei',
  entity: 'npu',
  reference:
    'Ascend/ascend-npu-exporter 5.0 and Ascend/mind-cluster component/npu-exporter/collector',
  freshnessSeconds: 180,
  labels: {
    uuid: ['vdie_id'],
    device_index: ['id'],
    node: ['node', 'exported_node', 'hostname', 'instance'],
    model: ['model_name', 'name'],
    pci_bus_id: ['pcie_bus_info'],
  },
  identity: ['uuid', 'node', 'device_index'],
  owners: [
    { namespace: 'exported_namespace', pod: 'pod_name', container: 'container_name' },
    { namespace: 'namespace', pod: 'pod_name', container: 'container_name' },
  ],
  ownPod: 'npu-exporter',
  pulses: [{ measure: 'power_watts', busy: 'npu_utilization_percent' }],
  presence: ['power_watts', 'device_healthy', 'npu_utilization_percent', 'core_clock_mhz'],
  measures: {
    power_watts: { metrics: ['npu_chip_info_power'], unit: 'watts', plausible: BOARD_WATTS },
    npu_utilization_percent: {
      metrics: ['npu_chip_info_utilization', 'npu_chip_info_overall_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    npu_temperature_celsius: {
      metrics: ['npu_chip_info_temperature'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    memory_temperature_celsius: {
      metrics: ['npu_chip_info_hbm_temperature'],
      unit: 'celsius',
      plausible: CELSIUS,
      absent: [0],
    },
    // Chips with high-bandwidth memory fill the first, the others read 0 there. "MB" is 2^20 bytes.
    memory_used_mb: {
      metrics: ['npu_chip_info_hbm_used_memory', 'npu_chip_info_used_memory'],
      unit: 'mebibytes',
      plausible: DEVICE_MEBIBYTES,
      absent: [0],
    },
    memory_total_mb: {
      metrics: ['npu_chip_info_hbm_total_memory', 'npu_chip_info_total_memory'],
      unit: 'mebibytes',
      plausible: DEVICE_MEBIBYTES,
      absent: [0],
    },
    core_clock_mhz: {
      metrics: ['npu_chip_info_aicore_current_freq'],
      unit: 'megahertz',
      plausible: MEGAHERTZ,
    },
    device_healthy: {
      metrics: ['npu_chip_info_health_status'],
      unit: 'code',
      plausible: { least: -1, most: 1 },
      absent: [-1],
    },
  },
  caution:
    'Up to 5.0 the containers of a chip stand in npu_container_info only, which is not read. On inference products the power is that of the whole card.',
} as const satisfies SourceSpec
