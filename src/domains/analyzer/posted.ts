import { recommendationsFor } from '../../analysis/workloads/recommendations.ts'
import { statisticsOf } from '../../analysis/workloads/statistics.ts'
import type { Classifier } from '../../services/classifier/index.ts'
import type { AnalyzeBody } from './schemas.ts'

type Resources = NonNullable<AnalyzeBody['resources']>
type Usage = NonNullable<AnalyzeBody['usage_pattern']>

/** The analysis of what was posted: means without their spread, and no watts, since nothing was measured. */
export async function analyzePosted(classifier: Classifier, at: Date, body: AnalyzeBody) {
  const { workload_id: id, type, resources = {}, usage_pattern: usage = {} } = body
  const signs = { ...NO_SIGNS, workload_type: type ?? null, pod: id }
  const classification = await classifier.ofSigns(signs, null)
  return {
    workload_id: id,
    timestamp: at,
    basis: 'posted' as const,
    pods: [],
    window_seconds: null,
    covered_seconds: null,
    resource_profile: profileOf(resources, usage),
    energy_profile: NO_ENERGY,
    classification,
    efficiency: {
      cpu_request_percent: usage.cpu_utilization ?? null,
      memory_request_percent: usage.memory_utilization ?? null,
      accelerator_percent: usage.gpu_utilization ?? usage.npu_utilization ?? null,
      accelerator_percent_per_watt: null,
      power_limit_percent: null,
    },
    recommendations: recommendationsFor(observedOf(classification.type, resources, usage)),
  }
}

const NO_SIGNS = {
  training_job: null,
  inference_service: null,
  batch_job: null,
  owner_kind: null,
  app: null,
  container: null,
}

const NO_ENERGY = {
  unit: 'watts' as const,
  method: null,
  power_watts_mean: null,
  power_watts_peak: null,
  variability: null,
  idle_share: null,
  energy_joules: null,
  joules_per_token: null,
  joules_per_inference: null,
  phases: [],
}

const used = (whole: number | undefined, percent: number | undefined): number | null =>
  whole === undefined || percent === undefined ? null : (whole * percent) / 100

const inMb = (gb: number | undefined): number | undefined =>
  gb === undefined ? undefined : gb * 1024

function profileOf(resources: Resources, usage: Usage) {
  const mean = (value: number | null) => ({ ...statisticsOf([]), mean: value })
  const memory = inMb(resources.memory_gb)
  return {
    cpu: {
      unit: 'cores' as const,
      requested: resources.cpu_cores ?? null,
      ...mean(used(resources.cpu_cores, usage.cpu_utilization)),
    },
    memory: {
      unit: 'megabytes' as const,
      requested: memory ?? null,
      ...mean(used(memory, usage.memory_utilization)),
    },
    gpu: {
      unit: 'percent' as const,
      requested: resources.gpu_count ?? null,
      ...mean(usage.gpu_utilization ?? null),
    },
    npu: {
      unit: 'percent' as const,
      requested: resources.npu_count ?? null,
      ...mean(usage.npu_utilization ?? null),
    },
  }
}

/** A mean stands for the spread that was not posted, so what follows from it is less sure. */
const POSTED_COVERAGE = 0.5

function observedOf(type: string, resources: Resources, usage: Usage) {
  const memory = inMb(resources.memory_gb)
  const busy = usage.gpu_utilization ?? usage.npu_utilization ?? null
  return {
    type,
    coverage: POSTED_COVERAGE,
    accelerators: (resources.gpu_count ?? 0) + (resources.npu_count ?? 0),
    accelerator_watts: null,
    accelerator_percent_mean: busy,
    accelerator_percent_p95: busy,
    accelerator_memory_used_mb: null,
    accelerator_limit_watts: null,
    model: null,
    cpu_cores_p95: used(resources.cpu_cores, usage.cpu_utilization),
    cpu_cores_requested: resources.cpu_cores ?? null,
    memory_mb_max: used(memory, usage.memory_utilization),
    memory_mb_requested: memory ?? null,
    price: null,
    shift: null,
  }
}
