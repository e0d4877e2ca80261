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
  const { rated_power_watts: rated = 0, idle_power_watts: idle = 0 } = question
  const watts = wattsOf(question, { idle, rated })
  const step = seconds <= NEAR_SECONDS ? STEP_SECONDS : FAR_STEP_SECONDS
  const count = Math.max(1, Math.ceil(seconds / step))
  const all = { confidence: null, lower_80: idle, upper_80: rated, lower_95: idle, upper_95: rated }
  return {
    ...NOTHING_KNOWN,
    workload_id: question.workload_id ?? null,
    predictions: Array.from({ length: count }, (_, index) => ({
      timestamp: new Date(at.getTime() + (index + 1) * step * 1000),
      predicted_power: watts,
      ...all,
    })),
    total_predicted_power: watts * count,
    peak_power_watts: watts,
    mean_power_watts: watts,
    energy_joules: watts * count * step,
    energy_kwh: (watts * count * step) / JOULES_PER_KWH,
    horizon_seconds: count * step,
    step_seconds: step,
  }
}

const JOULES_PER_KWH = 3_600_000

const NOTHING_KNOWN = {
  target: { kind: 'prior', cluster: null, node: null, namespace: null, pod: null },
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
} as const satisfies Partial<PowerAnswer>

function wattsOf(
  { features = {} }: PowerQuestion,
  { idle, rated }: { readonly idle: number; readonly rated: number },
): number {
  const load = LOADS.map((name) => features[name]).find((values) => values !== undefined)
  if (load === undefined) return rated
  return idle + (rated - idle) * Math.min(1, Math.max(0, meanOf(load) / 100))
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
