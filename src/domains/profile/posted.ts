import { meanKnown } from '../../analysis/power/sum.ts'
import { workloadFeatures } from '../../analysis/workloads/features.ts'
import type { WorkloadSigns } from '../../analysis/workloads/workload-type.ts'
import { LEAST_KNOWN, STEP_SECONDS } from '../../services/classifier/index.ts'
import type { ClassifyBody } from './schemas.ts'

/** What there is beside an id: with any of it, the workload is what was posted. */
export function isPosted({ workload_id: _id, cluster: _cluster, ...rest }: ClassifyBody): boolean {
  return Object.values(rest).some((value) => value !== undefined)
}

const LABELS = {
  workload_type: ['workload_type', 'workload-type', 'app.kubernetes.io/workload-type'],
  training_job: [
    'training.kubeflow.org/job-name',
    'jobset.sigs.k8s.io/jobset-name',
    'trainer.kubeflow.org/trainjob-name',
    'volcano.sh/job-name',
  ],
  inference_service: ['serving.kserve.io/inferenceservice'],
  batch_job: ['batch.kubernetes.io/job-name', 'job-name'],
  app: ['app.kubernetes.io/name', 'app', 'k8s-app'],
} as const

/** The signs of what was posted. */
export function signsOf(body: ClassifyBody): WorkloadSigns {
  const label = (sign: keyof typeof LABELS): string | null =>
    LABELS[sign].map((name) => body.labels?.[name]).find((text) => text !== undefined) ?? null
  return {
    workload_type: body.type ?? body.workload_type ?? label('workload_type'),
    training_job: label('training_job'),
    inference_service: label('inference_service'),
    batch_job: label('batch_job'),
    app: label('app'),
    ...namesOf(body),
  }
}

const namesOf = (body: ClassifyBody) => ({
  pod: body.pod_name ?? body.workload_id ?? '',
  owner_kind: body.owner_kind ?? null,
  container: body.container_name ?? null,
  image: body.image ?? null,
  command: body.command ?? null,
})

/** The features of what was posted, in the steps of the models; null when they cannot be had. */
export function featuresOf({ power, usage_pattern: use = {}, resources = {} }: ClassifyBody) {
  if (power === undefined) return null
  const watts = inSteps(power.watts, power.step_seconds)
  if (watts.filter((point) => point !== null).length < LEAST_KNOWN) return null
  const constant = (value: number | null) => (value === null ? [] : watts.map(() => value))
  const busy = use.gpu_utilization ?? use.npu_utilization ?? null
  return workloadFeatures({
    watts,
    accelerator_watts: [],
    accelerator_percent: constant(busy),
    cpu_cores: constant(shareOf(resources.cpu_cores, use.cpu_utilization)),
    memory_mb: constant(shareOf(inMb(resources.memory_gb), use.memory_utilization)),
    accelerators: power.accelerators ?? boardsOf(resources),
  })
}

const boardsOf = ({
  gpu_count: gpus = 0,
  npu_count: npus = 0,
}: NonNullable<ClassifyBody['resources']>) => gpus + npus

const inMb = (gb: number | undefined) => (gb === undefined ? undefined : gb * 1024)

const shareOf = (whole: number | undefined, percent: number | undefined): number | null =>
  whole === undefined || percent === undefined ? null : (whole * percent) / 100

/** Means of the steps that models know; a series in longer steps cannot be brought to them. */
function inSteps(
  watts: readonly (number | null)[],
  stepSeconds: number,
): readonly (number | null)[] {
  if (stepSeconds > STEP_SECONDS) return []
  const every = Math.max(1, Math.round(STEP_SECONDS / stepSeconds))
  return Array.from({ length: Math.floor(watts.length / every) }, (_, step) =>
    meanKnown(watts.slice(step * every, (step + 1) * every)),
  )
}
