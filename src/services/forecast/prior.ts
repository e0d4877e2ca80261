import type { PowerAnswer, PowerQuestion } from './question.ts'

const STEP_SECONDS = 300
const FAR_STEP_SECONDS = 3600
const NEAR_SECONDS = 7200
/** What draws most of a machine's power counts before what draws less. */
const LOADS = ['gpu_utilization', 'npu_utilization', 'cpu_utilization'] as const

/**
 * The power of something that was never measured: between what it draws idle and what it is rated for, by its
 * utilisation where that is given. It has no confidence, and its interval is all that it can draw.
 */
export function priorAnswer(
  question: PowerQuestion,
  { seconds, at }: { readonly seconds: number; readonly at: Date },
): PowerAnswer {
  const { rated_power_watts: rated = 0, idle_power_watts: idle = 0, features = {} } = question
  const load = LOADS.map((name) => features[name]).find((values) => values !== undefined)
  const share = load === undefined || load.length === 0 ? null : meanOf(load) / 100
  const watts = share === null ? rated : idle + (rated - idle) * Math.min(1, Math.max(0, share))
  const step = seconds <= NEAR_SECONDS ? STEP_SECONDS : FAR_STEP_SECONDS
  const count = Math.max(1, Math.ceil(seconds / step))
  return {
    workload_id: question.workload_id ?? null,
    target: { kind: 'prior', cluster: null, node: null, namespace: null, pod: null },
    predictions: Array.from({ length: count }, (_, index) => ({
      timestamp: new Date(at.getTime() + (index + 1) * step * 1000),
      predicted_power: watts,
      confidence: null,
      lower_80: idle,
      upper_80: rated,
      lower_95: idle,
      upper_95: rated,
    })),
    total_predicted_power: watts * count,
    peak_power_watts: watts,
    mean_power_watts: watts,
    energy_joules: watts * count * step,
    energy_kwh: (watts * count * step) / 3_600_000,
    horizon_seconds: count * step,
    step_seconds: step,
    model: 'prior',
    model_version: 'prior',
    members: [{ name: 'prior', weight: 1 }],
    rung: 'none',
    rung_reason: 'no history: between idle and rated power, by utilisation where it is given',
    calibrated: false,
    level_shift: null,
    training: null,
    backtest: null,
    notes: [],
  }
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
