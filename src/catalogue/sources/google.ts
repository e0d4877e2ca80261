import type { SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { DEVICE_BYTES, PERCENT } from './ranges.ts'

/** Google's TPUs on GKE. Names are anybody's: `make` tells. */
export const cloudTpu = {
  name: 'cloud_tpu',
  title: 'GKE TPU device plugin',
  vendor: 'google',
  entity: 'npu',
  reference: "GKE TPU device plugin: labels as in its and Ray's tests",
  freshnessSeconds: 120,
  where: [{ label: 'make', equals: 'cloud-tpu' }],
  labels: {
    uuid: ['accelerator_id'],
    node: ['node', 'exported_node', 'instance'],
    model: ['model'],
    architecture: ['tpu_topology'],
  },
  owners: POD_OWNERS,
  ownPod: 'tpu-device-plugin',
  presence: ['npu_utilization_percent', 'memory_total_mb'],
  measures: {
    npu_utilization_percent: {
      metrics: ['duty_cycle', 'duty_cycle_node'],
      unit: 'percent',
      plausible: PERCENT,
    },
    tensor_active_percent: {
      metrics: ['tensorcore_utilization', 'tensorcore_utilization_node'],
      unit: 'percent',
      plausible: PERCENT,
    },
    memory_bandwidth_active_percent: {
      metrics: ['memory_bandwidth_utilization', 'memory_bandwidth_utilization_node'],
      unit: 'percent',
      plausible: PERCENT,
    },
    memory_used_mb: {
      metrics: ['memory_used', 'memory_used_node'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['memory_total', 'memory_total_node'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
  },
  caution:
    'Google shows no power of its TPUs: they are listed without watts, and no node total holds them unless its own meter does.',
} as const satisfies SourceSpec
