import type { LabelledWindow } from '../../analysis/workloads/classifier.ts'
import type { ServingSigns } from '../../analysis/workloads/classify.ts'
import { workloadFeatures } from '../../analysis/workloads/features.ts'
import { signEvidence, type KnownType } from '../../analysis/workloads/workload-type.ts'
import { meanKnown, sumKnown } from '../../analysis/power/sum.ts'
import type { Points, WorkloadRecord } from '../workloads/index.ts'

/** Models learn from, and judge, windows of this length with points this far apart. */
export const STEP_SECONDS = 60
export const WINDOW_SECONDS = 3600
/** A window of fewer known points is not judged. */
export const LEAST_KNOWN = 20

/** The features of a workload over a window; null when too little of it is known. */
export function featuresOf(record: WorkloadRecord): readonly number[] | null {
  const { watts, parts, use, boards } = record
  if (watts.filter((point) => point !== null).length < LEAST_KNOWN) return null
  return workloadFeatures({
    watts,
    accelerator_watts: watts.map((_, step) =>
      sumKnown([parts.gpu[step] ?? null, parts.npu[step] ?? null]),
    ),
    accelerator_percent: record.accelerator_percent,
    cpu_cores: use.cpu_cores ?? [],
    memory_mb: use.memory_mb ?? [],
    accelerators: boards.length,
  })
}

/** What the inference server of a workload reports; null where there is none. */
export function servingSignsOf({ use }: Pick<WorkloadRecord, 'use'>): ServingSigns | null {
  const mean = (points: Points | null): number | null => meanKnown(points ?? [])
  const signs = {
    tokens_per_second: mean(use.tokens_per_second),
    inferences_per_second: mean(use.inferences_per_second),
    requests_running: mean(use.requests_running),
  }
  return Object.values(signs).every((value) => value === null) ? null : signs
}

/** The windows of workloads whose type the site states: by a label, an owner, or a server that reports. */
export function labelledWindows(records: readonly WorkloadRecord[]): readonly LabelledWindow[] {
  return records.flatMap((record) => {
    const type = statedType(record)
    const features = type === null ? null : featuresOf(record)
    if (type === null || features === null) return []
    return [{ features, type, group: record.group, site: record.cluster }]
  })
}

function statedType(record: WorkloadRecord): KnownType | null {
  const [first] = signEvidence(record.signs)
  if (first !== undefined && first.kind !== 'name') return first.says
  return servingSignsOf(record) === null ? null : 'serving'
}
