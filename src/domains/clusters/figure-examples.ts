import type { z } from 'zod'
import type { compareSchema } from './compare-schemas.ts'
import type { clusterPowerSchema } from './schemas.ts'
import type { summarySchema } from './summary-schemas.ts'

/** Answers of the demo, as the documentation shows them; of its nodes one stands for all. */
export const FIGURE_EXAMPLES = {
  power: {
    cluster: 'busan',
    total_power_watts: 7161,
    method: 'measured',
    coverage: 1,
    parts: {
      cpu_watts: 1061.822985,
      dram_watts: 236.260078,
      gpu_watts: 3076.849259,
      npu_watts: 265.3,
      other_watts: 2520.767678,
    },
    nodes: { known: 7, measured: 7, estimated: 0 },
    sources: ['dcgm', 'dcmi', 'kepler', 'rebellions'],
    by_node: [
      {
        node: 'gpu-worker-1',
        power_watts: 2388,
        method: 'measured',
        parts: {
          cpu_watts: 242.908212,
          dram_watts: 55.213212,
          gpu_watts: 1371.464636,
          npu_watts: null,
          other_watts: 718.4139400000001,
        },
        sources: ['dcgm', 'dcmi', 'kepler'],
      },
    ],
  },
  compare: {
    window: null,
    metrics: [
      {
        metric: 'power',
        unit: 'watts',
        total: 49571.238519,
        rows: [
          {
            cluster: 'seoul',
            value: 35374,
            method: 'measured',
            coverage: 1,
            sources: ['dcgm', 'dcmi', 'furiosa', 'kepler', 'rebellions'],
            rank: 1,
            share_percent: 71.35992776626232,
          },
          {
            cluster: 'busan',
            value: 7161,
            method: 'measured',
            coverage: 1,
            sources: ['dcgm', 'dcmi', 'kepler', 'rebellions'],
            rank: 2,
            share_percent: 14.445876709849168,
          },
          {
            cluster: 'daejeon',
            value: 7036.238519,
            method: 'estimated',
            coverage: 0,
            sources: ['dcgm', 'furiosa'],
            rank: 3,
            share_percent: 14.194195523888522,
          },
        ],
      },
      {
        metric: 'efficiency',
        unit: 'percent_per_watt',
        total: null,
        rows: [
          {
            cluster: 'busan',
            value: 0.24865944158884004,
            method: 'measured',
            coverage: 0.8333333333333334,
            sources: ['dcgm'],
            rank: 1,
            share_percent: null,
          },
          {
            cluster: 'seoul',
            value: 0.15602986124490442,
            method: 'measured',
            coverage: 0.9791666666666666,
            sources: ['dcgm'],
            rank: 2,
            share_percent: null,
          },
          {
            cluster: 'daejeon',
            value: 0.15452539717946814,
            method: 'measured',
            coverage: 1,
            sources: ['dcgm'],
            rank: 3,
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
      by_role: [{ role: null, nodes: 5 }],
    },
    pods: { total: 42, pending: 0, running: 42, succeeded: 0, failed: 0, unknown: 0 },
    accelerators: {
      total: 20,
      gpus: 16,
      npus: 4,
      by_status: { active: 15, idle: 5, error: 0, unknown: 0 },
      by_vendor: [
        { vendor: 'nvidia', accelerators: 16, power_watts: 6840.299518999999 },
        { vendor: 'furiosa', accelerators: 4, power_watts: 195.939 },
      ],
      by_model: [
        {
          type: 'gpu',
          vendor: 'nvidia',
          model: 'NVIDIA H200',
          accelerators: 16,
          power_watts: 6840.299518999999,
        },
        { type: 'npu', vendor: 'furiosa', model: 'rngd', accelerators: 4, power_watts: 195.939 },
      ],
      allocated: 16,
      free: 4,
      idle_allocated: 1,
      partitioned: 1,
      partitions: 2,
      kubernetes: {
        capacity: { nvidia_com_gpu: 16, furiosa_ai_rngd: 3, furiosa_ai_rngd_4core_24gb: 2 },
        allocatable: { nvidia_com_gpu: 16, furiosa_ai_rngd: 3, furiosa_ai_rngd_4core_24gb: 2 },
        requested_by_running_pods: {
          nvidia_com_gpu: 14,
          furiosa_ai_rngd: 1,
          furiosa_ai_rngd_4core_24gb: 2,
        },
      },
    },
    power: {
      total_power_watts: 7036.238519,
      method: 'estimated',
      coverage: 0,
      parts: {
        cpu_watts: null,
        dram_watts: null,
        gpu_watts: 6840.299519,
        npu_watts: 195.939,
        other_watts: null,
      },
      nodes: { known: 5, measured: 0, estimated: 0 },
      sources: ['dcgm', 'furiosa'],
    },
    utilization: {
      gpu_utilization_percent_avg: 66.0625,
      gpu_utilization_percent_max: 97,
      npu_utilization_percent_avg: 10.7095,
      npu_utilization_percent_max: 24.906000000000002,
    },
    temperature: {
      gpu_temperature_celsius_avg: 56.6875,
      gpu_temperature_celsius_max: 71,
      npu_temperature_celsius_avg: 40.147999999999996,
      npu_temperature_celsius_max: 42.598,
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
} satisfies {
  power: z.input<typeof clusterPowerSchema>
  compare: z.input<typeof compareSchema>
  summary: z.input<typeof summarySchema>
}
