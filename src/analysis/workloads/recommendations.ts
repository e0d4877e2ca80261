/** What a recommendation would save. Null where that cannot be told. */
export interface Saving {
  /** What the workload would draw less. */
  readonly power_watts: number | null
  readonly energy_kwh_per_month: number | null
  /** Money and kg CO₂, at the prices and intensities of the window. */
  readonly cost_per_month: number | null
  readonly carbon_kg_per_month: number | null
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
  readonly cpu_cores_p95: number | null
  readonly cpu_cores_requested: number | null
  readonly memory_mb_max: number | null
  readonly memory_mb_requested: number | null
  /** What a kWh of the window cost and emitted; null where nobody says. */
  readonly price: UnitPrice | null
  /** The cheapest time of the last day for what it drew in that day; null where it ran the whole day. */
  readonly shift: Shift | null
}

export interface UnitPrice {
  readonly cost: number
  readonly carbon_kg: number | null
}

/** The same energy at another time of the day. */
export interface Shift {
  /** When it would begin, RFC 3339. */
  readonly begin: string
  readonly hours: number
  /** What it costs and emits as it ran, and as it would. Carbon is null where nobody knows it. */
  readonly cost: number
  readonly cost_then: number
  readonly carbon_kg: number | null
  readonly carbon_kg_then: number | null
}

type Rule = (observed: Observed) => Recommendation | null

const HOURS_A_MONTH = 730
const NOTHING: Saving = {
  power_watts: null,
  energy_kwh_per_month: null,
  cost_per_month: null,
  carbon_kg_per_month: null,
  accelerators: null,
  cpu_cores: null,
  memory_mb: null,
}

function wattsSaved(watts: number, price: UnitPrice | null) {
  const energy = (watts * HOURS_A_MONTH) / 1000
  const carbon = price === null ? null : price.carbon_kg
  return {
    power_watts: watts,
    energy_kwh_per_month: energy,
    cost_per_month: price === null ? null : energy * price.cost,
    carbon_kg_per_month: carbon === null ? null : energy * carbon,
  }
}

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
      ...(observed.accelerator_watts === null
        ? {}
        : wattsSaved(observed.accelerator_watts, observed.price)),
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
        : wattsSaved(observed.accelerator_watts * share, observed.price)),
      accelerators: share,
    },
  }
}

/** Boards give about the last tenth of their speed for the last fifth of their watts. */
const CAP_SHARE = 0.8

const capPower: Rule = (observed) => {
  const { type, accelerator_watts: watts, accelerator_limit_watts: limit } = observed
  if (type !== 'training' && type !== 'batch' && type !== 'inference') return null
  if (watts === null || limit === null || watts < 0.85 * limit) return null
  const saved = watts - CAP_SHARE * limit
  return {
    kind: 'cap_power',
    reason: `its boards draw ${Math.round(watts)} W of their limit of ${Math.round(limit)} W. Capped at 80 % they would draw ${Math.round(saved)} W less; a load that is bound by computing takes about a tenth longer, so energy is saved as long as it takes less than ${Math.round((watts / (CAP_SHARE * limit) - 1) * 100)} % longer`,
    confidence: 0.5,
    estimated_saving: { ...NOTHING, ...wattsSaved(saved, observed.price) },
  }
}

const DAYS_A_MONTH = HOURS_A_MONTH / 24
/** Less than this of the cost, or of the carbon where cost is the same at all hours, is not worth a change. */
const LEAST_SHIFT = 0.05

const shiftHours: Rule = ({ type, shift }) => {
  if ((type !== 'batch' && type !== 'inference') || shift === null) return null
  const cheaper = shareSaved(shift.cost, shift.cost_then)
  const cleaner = shareSaved(shift.carbon_kg, shift.carbon_kg_then)
  if (Math.max(cheaper, cleaner) < LEAST_SHIFT) return null
  const what =
    cheaper >= LEAST_SHIFT
      ? `cost ${Math.round(cheaper * 100)} % less`
      : `emit ${Math.round(cleaner * 100)} % less`
  return {
    kind: 'shift_to_off_peak',
    reason: `nobody waits for it: what it drew in ${shift.hours} hours of the last day would ${what} if it began at ${shift.begin}`,
    confidence: 0.4,
    estimated_saving: {
      ...NOTHING,
      cost_per_month: (shift.cost - shift.cost_then) * DAYS_A_MONTH,
      carbon_kg_per_month: perMonth(shift),
    },
  }
}

function perMonth({ carbon_kg: now, carbon_kg_then: then }: Shift): number | null {
  return now === null || then === null ? null : (now - then) * DAYS_A_MONTH
}

function shareSaved(now: number | null, then: number | null): number {
  return now === null || then === null || now <= 0 ? 0 : (now - then) / now
}

const RULES: readonly Rule[] = [
  releaseIdle,
  reduceMemory,
  reduceCpu,
  useSmaller,
  capPower,
  shiftHours,
]
