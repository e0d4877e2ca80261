import type { SourceSpec } from '../source.ts'
import { nvidiaDcgm } from './nvidia-dcgm.ts'
import { BOARD_MILLIWATTS, CELSIUS, DEVICE_BYTES, PERCENT } from './ranges.ts'

const SECOND_HAND = 'Read from descriptions by others; no sample of a real device was seen.'

/** Moore Threads cards by their own exporter. */
export const mooreThreads = {
  name: 'moore_threads',
  title: 'Moore Threads mtgpu-exporter',
  vendor: 'moorethreads',
  entity: 'gpu',
  reference: 'mtgpu_* names as other projects map them',
  freshnessSeconds: 120,
  labels: {
    uuid: ['uuid', 'UUID', 'gpu_uuid'],
    device_index: ['gpu', 'index', 'minor'],
    node: ['node', 'hostname', 'Hostname', 'exported_node', 'instance'],
    model: ['modelName', 'model', 'name'],
  },
  identity: ['uuid', 'node', 'device_index'],
  owners: nvidiaDcgm.owners,
  ownPod: 'mtgpu-exporter',
  presence: ['power_watts', 'gpu_utilization_percent'],
  measures: {
    power_watts: {
      metrics: ['mtgpu_power_usage_milliwatts'],
      unit: 'milliwatts',
      plausible: BOARD_MILLIWATTS,
    },
    gpu_utilization_percent: {
      metrics: ['mtgpu_gpu_utilization'],
      unit: 'percent',
      plausible: PERCENT,
    },
    gpu_temperature_celsius: {
      metrics: ['mtgpu_gpu_temp'],
      unit: 'celsius',
      plausible: CELSIUS,
    },
    memory_used_mb: {
      metrics: ['mtgpu_memory_used_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['mtgpu_memory_total_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
  },
  caution: SECOND_HAND,
} as const satisfies SourceSpec

/** The same cards under NVIDIA's names: only the model tells. */
export const mooreThreadsDcgm = {
  ...nvidiaDcgm,
  name: 'moore_threads_dcgm',
  title: "Moore Threads under dcgm-exporter's names",
  vendor: 'moorethreads',
  reference: "Moore Threads' page on cloud native monitoring, second-hand",
  where: [{ label: 'modelName', startsWithOneOf: ['MTT', 'Moore'] }],
  caution: SECOND_HAND,
} as const satisfies SourceSpec
