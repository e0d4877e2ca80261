import type { SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { BOARD_WATTS, CELSIUS, DEVICE_BYTES, FLAG, MEGAHERTZ, PERCENT } from './ranges.ts'

/**
 * Furiosa's NPUs. A card that is divided has its own row (all cores, no pod) and one for each pod with the same
 * watts and temperatures; utilisation and clock are of single cores. `label` says which sensor it is.
 */
export const furiosa = {
  name: 'furiosa',
  title: 'furiosa-metrics-exporter',
  vendor: 'furiosa',
  entity: 'npu',
  reference:
    'furiosa-ai/furiosa-metrics-exporter README 2025.2, internal/collector; DRAM second-hand',
  freshnessSeconds: 120,
  labels: {
    uuid: ['uuid'],
    device_index: ['device'],
    core: ['core'],
    // Up to 0.0.12 the last; without Kubernetes mapping the exporter's own host.
    node: ['hostname', 'kubernetes_node_name', 'node', 'instance'],
    model: ['arch'],
    architecture: ['arch'],
    pci_bus_id: ['pci_bus_id', 'pci_bud_id'],
    driver_version: ['driver_version'],
    firmware_version: ['firmware_version'],
  },
  owners: POD_OWNERS,
  ownPod: 'furiosa-metrics-exporter',
  presence: ['device_healthy', 'power_watts'],
  pulses: [{ measure: 'power_watts', busy: 'npu_utilization_percent' }],
  measures: {
    device_healthy: { metrics: ['furiosa_npu_alive'], unit: 'code', plausible: FLAG },
    power_watts: {
      metrics: ['furiosa_npu_hw_power'],
      unit: 'watts',
      where: [{ label: 'label', oneOf: ['rms', ''] }],
      plausible: { ...BOARD_WATTS, most: 2000 },
    },
    npu_temperature_celsius: {
      metrics: ['furiosa_npu_hw_temperature'],
      unit: 'celsius',
      where: [{ label: 'label', equals: 'peak' }],
      plausible: CELSIUS,
    },
    board_temperature_celsius: {
      metrics: ['furiosa_npu_hw_temperature'],
      unit: 'celsius',
      where: [{ label: 'label', equals: 'ambient' }],
      plausible: CELSIUS,
    },
    npu_utilization_percent: {
      metrics: ['furiosa_npu_core_utilization'],
      unit: 'percent',
      addends: ['core'],
      combine: 'avg',
      plausible: PERCENT,
    },
    core_clock_mhz: {
      metrics: ['furiosa_npu_core_frequency'],
      unit: 'megahertz',
      plausible: MEGAHERTZ,
    },
    cores_total: {
      metrics: ['furiosa_npu_core_utilization'],
      unit: 'count',
      addends: ['core'],
      combine: 'count',
      plausible: { least: 1, most: 1024 },
    },
    memory_used_mb: {
      metrics: ['furiosa_npu_dram_usage', 'furiosa_npu_dram_used'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['furiosa_npu_dram_total'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
      absent: [0],
    },
  },
} as const satisfies SourceSpec
