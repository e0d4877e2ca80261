import type { z } from 'zod'
import type { acceleratorSchema, acceleratorSummarySchema } from './accelerator-schemas.ts'

/** Answers of the demo about accelerators of every kind. */
export const ACCELERATOR_EXAMPLES: {
  readonly accelerators: z.input<typeof acceleratorSchema>[]
  readonly summary: z.input<typeof acceleratorSummarySchema>
} = {
  accelerators: [
    {
      type: 'npu',
      cluster: 'daejeon',
      node: 'npu-worker-1',
      accelerator_id: 'F6A9B2A7-B66F-13D6-3126-A355059E3F4A',
      uuid: 'F6A9B2A7-B66F-13D6-3126-A355059E3F4A',
      device_index: 0,
      vendor: 'furiosa',
      model: 'rngd',
      pci_bus_id: '0000:18:00.0',
      driver_version: '2025.1.0+f09a8d8',
      status: 'active',
      power_watts: 134.908,
      power_limit_watts: null,
      utilization_percent: 86.25599999999999,
      memory_used_mb: 43713,
      memory_total_mb: 49152,
      temperature_celsius: 61.244,
      memory_temperature_celsius: null,
      partitions: [],
      allocated_to: [{ namespace: 'serving', pod: 'npu-llm-2mnvh-0', container: 'npu-llm' }],
      sources: ['furiosa'],
    },
  ],
  summary: {
    total_accelerators: 20,
    total_gpus: 16,
    total_npus: 4,
    by_status: { active: 15, idle: 5, error: 0, unknown: 0 },
    power_watts: 7794.347855,
    power_watts_avg: 389.71739275,
    power_watts_max: 622.411876,
    power_coverage: 1,
    utilization_percent_avg: 68.6302,
    temperature_celsius_avg: 57.06955000000001,
    temperature_celsius_max: 70,
    memory_used_mb: 1800587,
    memory_total_mb: 2496944,
    allocated_accelerators: 17,
    idle_allocated_accelerators: 2,
    partitioned_accelerators: 1,
    partitions: 2,
    by_type: [
      { type: 'gpu', accelerators: 16, power_watts: 7466.151854999999 },
      { type: 'npu', accelerators: 4, power_watts: 328.19599999999997 },
    ],
    by_cluster: [{ cluster: 'daejeon', accelerators: 20, power_watts: 7794.347855 }],
    by_vendor: [
      { vendor: 'nvidia', accelerators: 16, power_watts: 7466.151854999999 },
      { vendor: 'furiosa', accelerators: 4, power_watts: 328.19599999999997 },
    ],
    by_model: [
      { vendor: 'nvidia', model: 'NVIDIA H200', accelerators: 16, power_watts: 7466.151854999999 },
      { vendor: 'furiosa', model: 'rngd', accelerators: 4, power_watts: 328.19599999999997 },
    ],
    kubernetes: {
      capacity: { nvidia_com_gpu: 16, furiosa_ai_rngd: 3, furiosa_ai_rngd_4core_24gb: 2 },
      allocatable: { nvidia_com_gpu: 16, furiosa_ai_rngd: 3, furiosa_ai_rngd_4core_24gb: 2 },
      requested_by_running_pods: {
        nvidia_com_gpu: 15,
        furiosa_ai_rngd: 1,
        furiosa_ai_rngd_4core_24gb: 2,
      },
    },
  },
}
