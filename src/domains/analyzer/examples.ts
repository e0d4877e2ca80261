import type { z } from 'zod'
import type { metricsSchema } from './metrics.ts'
import type { predictedSchema } from './predict-cost.ts'
import type { analysisSchema } from './schemas.ts'

interface Examples {
  readonly analysis: z.input<typeof analysisSchema>
  readonly metrics: z.input<typeof metricsSchema>
  readonly predicted: z.input<typeof predictedSchema>
}

/** Answers of the demo. */
export const EXAMPLES: Examples = {
  analysis: {
    workload_id: 'serving/whisper-large-predictor-00036-deployment-26hl7cglt-l6kct',
    timestamp: '2026-11-28T20:11:00.000Z',
    cost_model: 'kcloud',
    currency: 'USD',
    basis: 'site',
    pods: ['seoul/serving/whisper-large-predictor-00036-deployment-26hl7cglt-l6kct'],
    window_seconds: 3600,
    covered_seconds: 3600,
    resource_profile: {
      cpu: {
        unit: 'cores',
        requested: 16,
        mean: 0.4553737788889298,
        p50: 0.45250736999946334,
        p95: 0.4801596733324695,
        max: 0.49118755333280806,
      },
      memory: {
        unit: 'megabytes',
        requested: 65536,
        mean: 25741.537756681442,
        p50: 25719.262563228607,
        p95: 25916.410909080507,
        max: 25984.16621208191,
      },
      gpu: {
        unit: 'percent',
        requested: 1,
        mean: 9.216666666666667,
        p50: 9,
        p95: 10,
        max: 10,
      },
      npu: {
        unit: 'percent',
        requested: 0,
        mean: null,
        p50: null,
        p95: null,
        max: null,
      },
    },
    energy_profile: {
      unit: 'watts',
      method: 'attributed',
      power_watts_mean: 115.5060457,
      power_watts_peak: 120.170786,
      variability: 0.016195665926514672,
      idle_share: 0,
      energy_joules: 415821.76452,
      joules_per_token: 0.5556435326460236,
      joules_per_inference: null,
      phases: [
        {
          phase: 'steady',
          start: '2026-11-28T19:11:00.000Z',
          end: '2026-11-28T20:11:00.000Z',
          power_watts: 115.5060457,
        },
      ],
    },
    classification: {
      type: 'serving',
      probability: 1,
      method: 'declared',
      evidence: [
        {
          kind: 'label',
          says: 'serving',
          detail: 'inference_service=whisper-large',
        },
        {
          kind: 'serving_metrics',
          says: 'serving',
          detail: 'an inference server reports tokens_per_second=207.9, requests_running=6.05',
        },
        {
          kind: 'name',
          says: 'serving',
          detail: 'pod=whisper-large-predictor-00036-deployment-26hl7cglt-l6kct',
        },
        {
          kind: 'name',
          says: 'serving',
          detail: 'container=kserve-container',
        },
      ],
      reason: null,
    },
    efficiency: {
      cpu_request_percent: 2.8460861180558115,
      memory_request_percent: 39.27846947735816,
      accelerator_percent: 9.216666666666667,
      accelerator_percent_per_watt: 0.08061901680135415,
      power_limit_percent: 16.33196135238095,
    },
    recommendations: [
      {
        kind: 'reduce_memory_request',
        reason:
          'it asks for 65536 MB and never used more than 25984 MB; the saving leaves 20 % above that',
        confidence: 0.7,
        estimated_saving: {
          power_watts: null,
          energy_kwh_per_month: null,
          cost_per_month: null,
          carbon_kg_per_month: null,
          accelerators: null,
          cpu_cores: null,
          memory_mb: 34355.00054550171,
        },
      },
      {
        kind: 'reduce_cpu_request',
        reason:
          'it asks for 16.0 cores and used at most 0.48 for 95 % of the time; the saving leaves 20 % above that',
        confidence: 0.6,
        estimated_saving: {
          power_watts: null,
          energy_kwh_per_month: null,
          cost_per_month: null,
          carbon_kg_per_month: null,
          accelerators: null,
          cpu_cores: 15.423808392001037,
          memory_mb: null,
        },
      },
    ],
  },
  metrics: [
    {
      cluster: 'seoul',
      namespace: 'ai-platform',
      workload_id: 'seoul/ai-platform/rec-train-jd6t2-worker-0',
      workload_type: 'training',
      node: 'gpu-worker-1',
      power_watts: 5016.103718,
      cpu_power_watts: 130.036024,
      dram_power_watts: 15.004157,
      gpu_power_watts: 4871.063537,
      npu_power_watts: null,
      cpu_cores_used: 56.01551806000061,
      cpu_cores_requested: 128,
      memory_used_mb: 412940.3618707657,
      memory_requested_mb: 524288,
      method: 'attributed',
      sources: ['dcgm', 'kepler', 'kepler_pods', 'kubelet_pods'],
    },
    {
      cluster: 'seoul',
      namespace: 'ai-platform',
      workload_id: 'seoul/ai-platform/rec-train-jd6t2-worker-5',
      workload_type: 'training',
      node: 'gpu-worker-6',
      power_watts: 5009.295376,
      cpu_power_watts: 130.036024,
      dram_power_watts: 15.004157,
      gpu_power_watts: 4864.255195,
      npu_power_watts: null,
      cpu_cores_used: 56.01551806666578,
      cpu_cores_requested: 128,
      memory_used_mb: 412940.3618707657,
      memory_requested_mb: 524288,
      method: 'attributed',
      sources: ['dcgm', 'kepler', 'kepler_pods', 'kubelet_pods'],
    },
  ],
  predicted: {
    known: true,
    reason: null,
    predicted_cost: 1.3208757881646278,
    currency: 'USD',
    cost_model: 'kcloud',
    infrastructure_cost: null,
    price_book: null,
    predicted_power_watts: 506.4707776704982,
    predicted_energy_joules: 14586358.396910349,
    interval: {
      level: 0.9,
      lower: 1.0588331973469778,
      upper: 1.4260088702066545,
    },
    model: {
      kind: 'linear_regression',
      workloads: 187,
      history_hours: 24,
      r2: 0.9815674331803897,
      coefficients: {
        constant: -39.244472220108165,
        cpu_cores: 1.2190185893666043,
        memory_gb: 4.876073146425894,
        gpu_count: 223.89441980441626,
        npu_count: -70.01982169505526,
      },
    },
    coverage: 1,
  },
}
