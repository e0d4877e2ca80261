import type { SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { BOARD_WATTS, CELSIUS, DEVICE_BYTES, FLAG, PERCENT } from './ranges.ts'

/** Cambricon's MLUs. Rows with `vf` are of virtual functions, those with `memory_die` of a part of the memory. */
export const cambricon = {
  name: 'cambricon',
  title: 'mlu-exporter 2.0',
  vendor: 'cambricon',
  entity: 'npu',
  reference: 'Cambricon mlu-exporter 2.0 examples/metrics.yaml',
  freshnessSeconds: 120,
  where: [
    { label: 'vf', equals: '' },
    { label: 'memory_die', equals: '' },
  ],
  labels: {
    uuid: ['uuid', 'sn'],
    device_index: ['mlu', 'slot', 'minor'],
    node: ['node', 'hostname', 'exported_node', 'instance'],
    model: ['model'],
    serial: ['sn'],
    driver_version: ['driver'],
    firmware_version: ['mcu'],
  },
  identity: ['uuid', 'node', 'device_index'],
  owners: POD_OWNERS,
  ownPod: 'mlu-exporter',
  presence: ['power_watts', 'npu_utilization_percent', 'device_healthy'],
  measures: {
    power_watts: { metrics: ['mlu_power_usage'], unit: 'watts', plausible: BOARD_WATTS },
    npu_utilization_percent: {
      metrics: ['mlu_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    npu_temperature_celsius: {
      metrics: ['mlu_temperature'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    memory_used_mb: {
      metrics: ['mlu_memory_used'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['mlu_memory_total'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    device_healthy: { metrics: ['mlu_health'], unit: 'code', plausible: FLAG },
  },
  caution:
    'Names and labels of this exporter are configured; these are the ones that it comes with. Its pods stand in mlu_container only, which is not read.',
} as const satisfies SourceSpec

/** The pods that hold an MLU, which the exporter tells apart from its figures. */
export const cambriconPods = {
  name: 'cambricon_pods',
  title: 'mlu-exporter 2.0: pods',
  vendor: 'cambricon',
  entity: 'npu',
  reference: cambricon.reference,
  freshnessSeconds: cambricon.freshnessSeconds,
  labels: { uuid: ['uuid'], node: ['node', 'exported_node', 'instance'] },
  owners: POD_OWNERS,
  ownPod: 'mlu-exporter',
  presence: ['device_allocated'],
  measures: {
    device_allocated: {
      metrics: ['mlu_container'],
      unit: 'count',
      plausible: { least: 0, most: 1 },
    },
  },
} as const satisfies SourceSpec
