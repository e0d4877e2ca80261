import { meanKnown } from '../power/sum.ts'
import { POWER_FEATURES, powerFeatures, quantileOf } from './power-features.ts'

type Points = readonly (number | null)[]

/** One window of a workload, a value a step; null where nothing is known. */
export interface WorkloadWindow {
  readonly watts: Points
  readonly accelerator_watts: Points
  /** Of all boards that it holds, in the mean, 0–100. */
  readonly accelerator_percent: Points
  readonly cpu_cores: Points
  readonly memory_mb: Points
  /** How many boards it holds, or shares of them; 0 for none. */
  readonly accelerators: number
}

const USE_FEATURES = [
  'accelerators',
  'accelerator_watts_share',
  'accelerator_percent_mean',
  'accelerator_percent_spread',
  'accelerator_percent_p95',
  'accelerator_idle_share',
  'log_cpu_cores',
  'cpu_variation',
  'log_memory_mb',
  'memory_variation',
] as const

type UseFeature = (typeof USE_FEATURES)[number]

/** What a classifier of workloads is told of a window, in this order. */
export const WORKLOAD_FEATURES = [...POWER_FEATURES, ...USE_FEATURES] as const

/** The features of a window; NaN for those that cannot be had. */
export function workloadFeatures(window: WorkloadWindow): readonly number[] {
  const use = useFeatures(window)
  return [
    ...powerFeatures(window.watts, window.accelerators),
    ...USE_FEATURES.map((name) => use[name]),
  ]
}

/** Below this a board does nothing for its holder. */
const IDLE_PERCENT = 5

function useFeatures(window: WorkloadWindow): Readonly<Record<UseFeature, number>> {
  const percent = summaryOf(window.accelerator_percent)
  const cpu = summaryOf(window.cpu_cores)
  const memory = summaryOf(window.memory_mb)
  return {
    accelerators: window.accelerators,
    accelerator_watts_share: shareOf(window.accelerator_watts, window.watts),
    accelerator_percent_mean: percent.mean,
    accelerator_percent_spread: percent.deviation,
    accelerator_percent_p95: percent.p95,
    accelerator_idle_share: idleShare(window.accelerator_percent),
    log_cpu_cores: logOf(cpu.mean),
    cpu_variation: cpu.deviation / cpu.mean,
    log_memory_mb: logOf(memory.mean),
    memory_variation: memory.deviation / memory.mean,
  }
}

function summaryOf(points: Points) {
  const known = Float64Array.from(points.filter((point) => point !== null)).sort()
  const mean = meanKnown([...known]) ?? Number.NaN
  const variance = meanKnown([...known].map((point) => (point - mean) ** 2)) ?? Number.NaN
  return { mean, deviation: Math.sqrt(variance), p95: quantileOf(known, 0.95) }
}

function shareOf(part: Points, whole: Points): number {
  const above = meanKnown(part)
  const below = meanKnown(whole)
  return above === null || below === null || below <= 0 ? Number.NaN : above / below
}

function idleShare(points: Points): number {
  const known = points.filter((point) => point !== null)
  return known.length === 0
    ? Number.NaN
    : known.filter((point) => point < IDLE_PERCENT).length / known.length
}

const logOf = (value: number): number => Math.log10(Math.max(value, 1e-6))
