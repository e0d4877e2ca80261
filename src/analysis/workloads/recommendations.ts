/** What a recommendation would save. Null where that cannot be told. */
export interface Saving {
  /** What the workload would draw less. */
  readonly power_watts: number | null
  readonly energy_kwh_per_month: number | null
  readonly accelerators: number | null
  readonly cpu_cores: number | null
  readonly memory_mb: number | null
}

export interface Recommendation {
  readonly kind:
    | 'release_idle_accelerator'
    | 'reduce_memory_request'
    | 'reduce_cpu_request'
    | 'use_smaller_partition'
    | 'cap_power'
    | 'shift_to_off_peak'
  readonly reason: string
  /** 0–1. */
  readonly confidence: number
  readonly estimated_saving: Saving
}

/** What is known of a workload over a window. */
export interface Observed {
  readonly type: string
  /** Of the window, how much is known, 0–1: recommendations are as sure as that. */
  readonly coverage: number
  readonly accelerators: number
  readonly accelerator_watts: number | null
  readonly accelerator_percent_mean: number | null
  readonly accelerator_percent_p95: number | null
  /** Of all its boards together; null where nobody says. */
  readonly accelerator_memory_used_mb: number | null
  readonly accelerator_limit_watts: number | null
  /** The model of its boards, where all have one. */
  readonly model: string | null
  readonly power_watts: number | null
  readonly cpu_cores_p95: number | null
  readonly cpu_cores_requested: number | null
  readonly memory_mb_max: number | null
  readonly memory_mb_requested: number | null
  /** The share of the window between 09:00 and 18:00 of the site's time; null where that is not known. */
  readonly peak_hours_share: number | null
}

type Rule = (observed: Observed) => Recommendation | null

const HOURS_A_MONTH = 730
const NOTHING: Saving = {
  power_watts: null,
  energy_kwh_per_month: null,
  accelerators: null,
  cpu_cores: null,
  memory_mb: null,
}

const wattsSaved = (watts: number) => ({
  power_watts: watts,
  energy_kwh_per_month: (watts * HOURS_A_MONTH) / 1000,
})

/** What could be better, the surest first. */
export function recommendationsFor(observed: Observed): readonly Recommendation[] {
  return RULES.flatMap((rule) => rule(observed) ?? [])
    .map((found) => ({ ...found, confidence: found.confidence * observed.coverage }))
    .sort((a, b) => b.confidence - a.confidence)
}

const IDLE_PERCENT = 5

const releaseIdle: Rule = (observed) => {
  const { accelerators, accelerator_percent_mean: mean, accelerator_percent_p95: p95 } = observed
  if (accelerators === 0 || mean === null || p95 === null || p95 >= IDLE_PERCENT) return null
  return {
    kind: 'release_idle_accelerator',
    reason: `${accelerators} allocated accelerators were busy ${mean.toFixed(1)} % of the time, and never more than ${p95.toFixed(1)} % for long. The watts are what they draw idle: they are saved when their node is switched off, the boards at once`,
    confidence: 0.9,
    estimated_saving: {
      ...NOTHING,
      ...(observed.accelerator_watts === null ? {} : wattsSaved(observed.accelerator_watts)),
      accelerators,
    },
  }
}

/** Room above the highest that was seen. */
const HEADROOM = 1.2
/** Less than this is not worth a change. */
const LEAST_SHARE = 0.25

const reduceMemory: Rule = ({ memory_mb_max: used, memory_mb_requested: requested }) => {
  const spare = spareOf(used, requested)
  if (spare === null) return null
  return {
    kind: 'reduce_memory_request',
    reason: `it asks for ${Math.round(requested ?? 0)} MB and never used more than ${Math.round(used ?? 0)} MB; the saving leaves 20 % above that`,
    confidence: 0.7,
    estimated_saving: { ...NOTHING, memory_mb: spare },
  }
}

const reduceCpu: Rule = ({ cpu_cores_p95: used, cpu_cores_requested: requested }) => {
  const spare = spareOf(used, requested)
  if (spare === null) return null
  return {
    kind: 'reduce_cpu_request',
    reason: `it asks for ${(requested ?? 0).toFixed(1)} cores and used at most ${(used ?? 0).toFixed(2)} for 95 % of the time; the saving leaves 20 % above that`,
    confidence: 0.6,
    estimated_saving: { ...NOTHING, cpu_cores: spare },
  }
}

function spareOf(used: number | null, requested: number | null): number | null {
  if (used === null || requested === null || requested <= 0) return null
  const spare = requested - used * HEADROOM
  return spare / requested >= LEAST_SHARE ? spare : null
}

interface Partition {
  readonly profile: string
  readonly sevenths: number
  readonly memory_gb: number
}

/** The partitions of boards by their memory (NVIDIA MIG user guide, supported profiles). */
const PARTITIONS: readonly (readonly [model: RegExp, partitions: readonly Partition[]])[] = [
  [/A100.*40GB/, partitionsOf([5, 10, 20, 20])],
  [/(?:A100|H100|H800).*80GB/, partitionsOf([10, 20, 40, 40])],
  [/H200/, partitionsOf([18, 35, 71, 71])],
]

function partitionsOf(memory: readonly number[]): readonly Partition[] {
  return memory.map((gb, index) => ({
    profile: `${index + 1}g.${gb}gb`,
    sevenths: index + 1,
    memory_gb: gb,
  }))
}

function partitionFor(model: string, percent: number, usedMb: number): Partition | undefined {
  const partitions = PARTITIONS.find(([pattern]) => pattern.test(model))?.[1] ?? []
  return partitions.find(
    ({ sevenths, memory_gb: gb }) =>
      (sevenths / 7) * 100 >= percent * HEADROOM && gb * 1024 >= usedMb * HEADROOM,
  )
}

const useSmaller: Rule = (observed) => {
  const { model, accelerator_percent_p95: p95, accelerator_memory_used_mb: used } = observed
  if (observed.accelerators !== 1 || model === null || p95 === null || used === null) return null
  const fitting = p95 < IDLE_PERCENT ? undefined : partitionFor(model, p95, used)
  if (fitting === undefined) return null
  const share = 1 - fitting.sevenths / 7
  return {
    kind: 'use_smaller_partition',
    reason: `its ${model} is busy at most ${p95.toFixed(0)} % for 95 % of the time with ${Math.round(used)} MB: a partition ${fitting.profile} would hold it with 20 % to spare. Utilisation tells how long a board was busy, not how much of it`,
    confidence: 0.5,
    estimated_saving: {
      ...NOTHING,
      ...(observed.accelerator_watts === null
        ? {}
        : wattsSaved(observed.accelerator_watts * share)),
      accelerators: share,
    },
  }
}

/** Boards give about the last tenth of their speed for the last fifth of their watts. */
const CAP_SHARE = 0.8

const capPower: Rule = ({ type, accelerator_watts: watts, accelerator_limit_watts: limit }) => {
  if (type !== 'training' && type !== 'batch' && type !== 'inference') return null
  if (watts === null || limit === null || watts < 0.85 * limit) return null
  const saved = watts - CAP_SHARE * limit
  return {
    kind: 'cap_power',
    reason: `its boards draw ${Math.round(watts)} W of their limit of ${Math.round(limit)} W. Capped at 80 % they would draw ${Math.round(saved)} W less; a load that is bound by computing takes about a tenth longer, so energy is saved as long as it takes less than ${Math.round((watts / (CAP_SHARE * limit) - 1) * 100)} % longer`,
    confidence: 0.5,
    estimated_saving: { ...NOTHING, ...wattsSaved(saved) },
  }
}

const shiftHours: Rule = ({ type, peak_hours_share: share, power_watts: watts }) => {
  if (type !== 'batch' && type !== 'inference') return null
  if (share === null || share < 0.5 || watts === null) return null
  return {
    kind: 'shift_to_off_peak',
    reason: `nobody waits for it, and ${Math.round(share * 100)} % of the window lies in the hours from 09:00 to 18:00, in which electricity usually costs most. It would draw the same ${Math.round(watts)} W at night: what that saves follows from the tariff and the carbon intensity`,
    confidence: 0.4,
    estimated_saving: NOTHING,
  }
}

const RULES: readonly Rule[] = [
  releaseIdle,
  reduceMemory,
  reduceCpu,
  useSmaller,
  capPower,
  shiftHours,
]
