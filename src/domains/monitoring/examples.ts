import type { z } from 'zod'
import type {
  acceleratorPowerSchema,
  breakdownSchema,
  efficiencySchema,
  infrastructurePowerSchema,
  powerSchema,
} from './schemas.ts'

/** Answers of the demo, as the documentation shows them; of its nodes one stands for all. */
export const EXAMPLES = {
  power: {
    total_power_watts: 35374,
    method: 'measured',
    coverage: 1,
    parts: {
      cpu_watts: 2661.513187,
      dram_watts: 552.364809,
      gpu_watts: 23466.811216000002,
      npu_watts: 915.9190000000001,
      other_watts: 7777.391788,
    },
    nodes: { known: 16, measured: 16, estimated: 0 },
    sources: ['dcgm', 'dcmi', 'furiosa', 'kepler', 'rebellions'],
    part_sources: {
      cpu: ['kepler'],
      dram: ['kepler'],
      gpu: ['dcgm'],
      npu: ['furiosa', 'rebellions'],
      other: ['dcmi'],
    },
    by_cluster: [
      {
        cluster: 'seoul',
        total_power_watts: 35374,
        method: 'measured',
        coverage: 1,
        parts: {
          cpu_watts: 2661.513187,
          dram_watts: 552.364809,
          gpu_watts: 23466.811216000002,
          npu_watts: 915.9190000000001,
          other_watts: 7777.391788,
        },
        nodes: { known: 16, measured: 16, estimated: 0 },
        sources: ['dcgm', 'dcmi', 'furiosa', 'kepler', 'rebellions'],
      },
    ],
  },
  accelerators: {
    total_power_watts: 24382.730216,
    method: 'measured',
    coverage: 1,
    boards: 68,
    measured: 68,
    sources: ['dcgm', 'furiosa', 'rebellions'],
    by_kind: [
      { kind: 'gpu', boards: 48, measured: 48, power_watts: 23466.811216000002, sources: ['dcgm'] },
      {
        kind: 'npu',
        boards: 20,
        measured: 20,
        power_watts: 915.919,
        sources: ['furiosa', 'rebellions'],
      },
    ],
    by_vendor: [
      { vendor: 'furiosa', boards: 16, measured: 16, power_watts: 749.619, sources: ['furiosa'] },
      {
        vendor: 'nvidia',
        boards: 48,
        measured: 48,
        power_watts: 23466.811216000002,
        sources: ['dcgm'],
      },
      { vendor: 'rebellions', boards: 4, measured: 4, power_watts: 166.3, sources: ['rebellions'] },
    ],
    by_cluster: [
      {
        cluster: 'seoul',
        boards: 68,
        measured: 68,
        power_watts: 24382.730216,
        sources: ['dcgm', 'furiosa', 'rebellions'],
      },
    ],
  },
  infrastructure: {
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
    without_accelerators_watts: 3818.850741,
    by_source: [{ source: 'dcmi', method: 'measured', nodes: 7, power_watts: 7161 }],
    by_node: [
      {
        cluster: 'busan',
        node: 'gpu-worker-1',
        power_watts: 2388,
        method: 'measured',
        source: 'dcmi',
        parts: {
          cpu_watts: 242.908212,
          dram_watts: 55.213212,
          gpu_watts: 1371.464636,
          npu_watts: null,
          other_watts: 718.4139400000001,
        },
        disagreement_watts: 0,
        alternatives: [
          { source: 'psu_input', power_watts: 2388, ratio: 1 },
          { source: 'ipmi_sensor', power_watts: 2388, ratio: 1 },
        ],
        sources: ['dcgm', 'dcmi', 'kepler'],
      },
    ],
  },
  breakdown: {
    idle: 'separate',
    resource_type: 'all',
    coverage: 1,
    by: 'resource_type',
    total_power_watts: 35374,
    rows: [
      {
        key: { resource_type: 'gpu' },
        kind: 'named',
        power_watts: 23466.811216000002,
        method: 'measured',
        sources: ['dcgm'],
        percentage: 66.33915083394584,
      },
      {
        key: { resource_type: 'other' },
        kind: 'named',
        power_watts: 7777.391788,
        method: 'measured',
        sources: ['dcmi'],
        percentage: 21.986181342228754,
      },
      {
        key: { resource_type: 'cpu' },
        kind: 'named',
        power_watts: 2661.513187,
        method: 'measured',
        sources: ['kepler'],
        percentage: 7.523924879855261,
      },
      {
        key: { resource_type: 'npu' },
        kind: 'named',
        power_watts: 915.919,
        method: 'measured',
        sources: ['furiosa', 'rebellions'],
        percentage: 2.58924351218409,
      },
      {
        key: { resource_type: 'dram' },
        kind: 'named',
        power_watts: 552.364809,
        method: 'measured',
        sources: ['kepler'],
        percentage: 1.5614994317860575,
      },
    ],
  },
  efficiency: {
    window: {
      start: '2026-11-20T21:04:45.000Z',
      end: '2026-11-20T21:14:45.000Z',
      step_seconds: 15,
    },
    pue: null,
    pue_source: null,
    facility: { energy_joules: null, power_watts: null, sources: [] },
    it: { energy_joules: 21247215, power_watts: 35412.025, coverage: 1, method: 'measured' },
    covered_seconds: 600,
    window_seconds: 600,
    gpu: {
      boards: 48,
      power_watts: 23466.811216000002,
      utilization_percent: 77.42553191489361,
      utilization_percent_per_watt: 0.15602986124490442,
      idle_boards: 6,
      idle_power_watts: 425.081999,
      sources: ['dcgm'],
    },
    tokens: {
      pods: 0,
      pods_related: 0,
      tokens_generated_per_second: null,
      tokens_prompted_per_second: null,
      inferences_per_second: null,
      tokens_generated: null,
      energy_joules: null,
      tokens_per_joule: null,
      joules_per_token: null,
      reason: 'no_tokens_reported',
      sources: [],
      by_model: [],
      by_pod: [],
    },
    idle: {
      power_watts: 3100.052098,
      percentage: 8.76364589246339,
      unattributed_watts: 7777.391788,
      method: 'attributed',
    },
  },
} satisfies {
  power: z.input<typeof powerSchema>
  accelerators: z.input<typeof acceleratorPowerSchema>
  infrastructure: z.input<typeof infrastructurePowerSchema>
  breakdown: z.input<typeof breakdownSchema>
  efficiency: z.input<typeof efficiencySchema>
}
