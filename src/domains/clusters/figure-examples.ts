import type { z } from 'zod'
import type { compareSchema } from './compare-schemas.ts'
import type { clusterPowerSchema } from './schemas.ts'
import type { summarySchema } from './summary-schemas.ts'

/** Answers of the demo, as the documentation shows them; a test holds them against it. */
export const FIGURE_EXAMPLES: {
  readonly power: z.input<typeof clusterPowerSchema>
  readonly compare: z.input<typeof compareSchema>
  readonly summary: z.input<typeof summarySchema>
} = {
  power: {
    cluster: 'daejeon',
    total_power_watts: 7794.347855,
    method: 'estimated',
    coverage: 0,
    parts: {
      cpu_watts: null,
      dram_watts: null,
      gpu_watts: 7466.151855,
      npu_watts: 328.19599999999997,
      other_watts: null,
    },
    nodes: { known: 5, measured: 0, estimated: 0 },
    sources: ['dcgm', 'furiosa'],
    by_node: [
      {
        node: 'control-plane-1',
        power_watts: null,
        method: null,
        parts: {
          cpu_watts: null,
          dram_watts: null,
          gpu_watts: null,
          npu_watts: null,
          other_watts: null,
        },
        sources: [],
      },
      {
        node: 'cpu-worker-1',
        power_watts: null,
        method: null,
        parts: {
          cpu_watts: null,
          dram_watts: null,
          gpu_watts: null,
          npu_watts: null,
          other_watts: null,
        },
        sources: [],
      },
      {
        node: 'gpu-worker-1',
        power_watts: null,
        method: null,
        parts: {
          cpu_watts: null,
          dram_watts: null,
          gpu_watts: 2695.075544,
          npu_watts: null,
          other_watts: null,
        },
        sources: ['dcgm'],
      },
      {
        node: 'gpu-worker-2',
        power_watts: null,
        method: null,
        parts: {
          cpu_watts: null,
          dram_watts: null,
          gpu_watts: 4771.076311,
          npu_watts: null,
          other_watts: null,
        },
        sources: ['dcgm'],
      },
      {
        node: 'npu-worker-1',
        power_watts: null,
        method: null,
        parts: {
          cpu_watts: null,
          dram_watts: null,
          gpu_watts: null,
          npu_watts: 328.19599999999997,
          other_watts: null,
        },
        sources: ['furiosa'],
      },
    ],
  },
  compare: {
    window: null,
    metrics: [
      {
        metric: 'power',
        unit: 'watts',
        total: 16485.347855,
        method: 'estimated',
        sources: ['dcgm', 'dcmi', 'furiosa', 'kepler', 'rebellions'],
        rows: [
          {
            cluster: 'busan',
            value: 8691,
            method: 'measured',
            coverage: 1,
            sources: ['dcgm', 'dcmi', 'kepler', 'rebellions'],
            rank: 1,
            share_percent: 52.71954268992888,
          },
          {
            cluster: 'daejeon',
            value: 7794.347855,
            method: 'estimated',
            coverage: 0,
            sources: ['dcgm', 'furiosa'],
            rank: 2,
            share_percent: 47.280457310071114,
          },
        ],
      },
      {
        metric: 'utilization',
        unit: 'percent',
        total: null,
        method: null,
        sources: [],
        rows: [
          {
            cluster: 'daejeon',
            value: 68.6302,
            method: 'measured',
            coverage: 1,
            sources: ['dcgm', 'furiosa'],
            rank: 1,
            share_percent: null,
          },
          {
            cluster: 'busan',
            value: 38.27745446428571,
            method: 'measured',
            coverage: 1,
            sources: ['dcgm', 'rebellions'],
            rank: 2,
            share_percent: null,
          },
        ],
      },
    ],
    unavailable: [],
  },
  summary: {
    cluster: 'daejeon',
    nodes: {
      known: 5,
      ready: 5,
      not_ready: 0,
      unknown: 0,
      unschedulable: 0,
      by_role: [
        { role: null, nodes: 4 },
        { role: 'control-plane', nodes: 1 },
      ],
    },
    pods: { total: 43, pending: 0, running: 43, succeeded: 0, failed: 0, unknown: 0 },
    accelerators: {
      total: 20,
      gpus: 16,
      npus: 4,
      by_status: { active: 15, idle: 5, error: 0, unknown: 0 },
      by_vendor: [
        { vendor: 'nvidia', accelerators: 16, power_watts: 7466.151854999999 },
        { vendor: 'furiosa', accelerators: 4, power_watts: 328.19599999999997 },
      ],
      by_model: [
        {
          type: 'gpu',
          vendor: 'nvidia',
          model: 'NVIDIA H200',
          accelerators: 16,
          power_watts: 7466.151854999999,
        },
        {
          type: 'npu',
          vendor: 'furiosa',
          model: 'rngd',
          accelerators: 4,
          power_watts: 328.19599999999997,
        },
      ],
      allocated: 17,
      free: 3,
      idle_allocated: 2,
      partitioned: 1,
      partitions: 2,
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
    power: {
      total_power_watts: 7794.347855,
      method: 'estimated',
      coverage: 0,
      parts: {
        cpu_watts: null,
        dram_watts: null,
        gpu_watts: 7466.151855,
        npu_watts: 328.19599999999997,
        other_watts: null,
      },
      nodes: { known: 5, measured: 0, estimated: 0 },
      sources: ['dcgm', 'furiosa'],
    },
    utilization: {
      gpu_utilization_percent_avg: 75.5,
      gpu_utilization_percent_max: 97,
      npu_utilization_percent_avg: 41.150999999999996,
      npu_utilization_percent_max: 86.25599999999999,
    },
    temperature: {
      gpu_temperature_celsius_avg: 59.1875,
      gpu_temperature_celsius_max: 70,
      npu_temperature_celsius_avg: 48.597750000000005,
      npu_temperature_celsius_max: 61.244,
      inlet_temperature_celsius_avg: 24.2,
      inlet_temperature_celsius_max: 25,
    },
    vms: null,
    hardware: {
      servers: 5,
      bmcs_unreachable: 0,
      servers_off: 0,
      sensors_warning: 0,
      sensors_critical: 0,
      suspect_fans: 0,
      drive_faults: 0,
      cooling_faults: 0,
    },
    data_quality: {
      unmeasured_nodes: 5,
      silent_accelerators: 0,
      warnings: {
        stale_data: 0,
        silent_entities: 0,
        unmatched_names: 2,
        implausible_values: 0,
        inconsistent_sources: 0,
        bmc_unreachable: 0,
        cluster_incomplete: 0,
      },
    },
  },
}
