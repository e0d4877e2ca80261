import { RUNGS } from '../../analysis/forecast/ladder.ts'
import type { Stretch } from '../../analysis/forecast/series.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Resolution } from './horizon.ts'
import type { BacktestRow, PowerAnswer, PredictionRow, TargetRow } from './question.ts'
import { metricsOf } from './report.ts'
import type { ForecastResult } from './tasks.ts'

/** What a forecast was made of. */
export interface Made {
  readonly workloadId: string | null
  readonly target: TargetRow
  readonly resolution: Resolution
  readonly range: TimeRange
  readonly stretch: Stretch
  readonly result: ForecastResult
  /** The version that took part; null for models that are fitted on the spot. */
  readonly version: { readonly id: string; readonly version: number } | null
  readonly notes: readonly string[]
}

/** Evidence of fewer days than this calibrates no interval. */
const CALIBRATED_DAYS = 7
const JOULES_PER_KWH = 3_600_000

/** A forecast with everything that says how far it can be trusted. */
export function powerAnswer(made: Made): PowerAnswer {
  const { result, resolution, range, stretch, version } = made
  const { assessment, rung } = result
  const { stepSeconds } = resolution
  const watts = [...assessment.forecast].map((value) => Math.max(0, value))
  const sum = watts.reduce((all, value) => all + value, 0)
  const timeOf = (place: number): Date =>
    new Date(range.start.getTime() + (stretch.start + place) * stepSeconds * 1000)
  const { shift } = assessment
  const members = [...assessment.weights].map(([name, weight]) => ({ name, weight }))
  return {
    workload_id: made.workloadId,
    target: made.target,
    predictions: watts.map((value, step) =>
      predictionOf(value, step, { made, at: timeOf(stretch.values.length + step) }),
    ),
    total_predicted_power: sum,
    peak_power_watts: Math.max(...watts),
    mean_power_watts: sum / watts.length,
    energy_joules: sum * stepSeconds,
    energy_kwh: (sum * stepSeconds) / JOULES_PER_KWH,
    horizon_seconds: watts.length * stepSeconds,
    step_seconds: stepSeconds,
    // Never called by a model that has no share in it.
    model: members.map(({ name }) => name).join('+'),
    model_version: version === null ? 'fitted-now' : `${version.id}@v${version.version}`,
    members,
    rung,
    rung_reason: RUNGS[rung],
    calibrated: assessment.backtest.days >= CALIBRATED_DAYS,
    level_shift: shift === null ? null : { at: timeOf(shift.at), by_watts: shift.by },
    training: {
      start: timeOf(0),
      end: timeOf(stretch.values.length - 1),
      points: stretch.values.length,
      filled_points: stretch.filled,
    },
    backtest: backtestOf(result),
    notes: made.notes,
  }
}

function predictionOf(
  watts: number,
  step: number,
  { made, at }: { readonly made: Made; readonly at: Date },
): PredictionRow {
  const { widths, confidence } = made.result.assessment
  const lower = (level: number): number | null => {
    const width = widths.get(level)?.[step] ?? null
    return width === null ? null : Math.max(0, watts - width)
  }
  const upper = (level: number): number | null => {
    const width = widths.get(level)?.[step] ?? null
    return width === null ? null : watts + width
  }
  return {
    timestamp: at,
    predicted_power: watts,
    confidence: confidence[step] ?? null,
    lower_80: lower(0.8),
    upper_80: upper(0.8),
    lower_95: lower(0.95),
    upper_95: upper(0.95),
  }
}

function backtestOf({ assessment }: ForecastResult): BacktestRow {
  const metrics = metricsOf(assessment)
  const { coverage } = assessment.backtest
  return {
    origins: metrics.backtest.origins,
    days: metrics.backtest.days,
    ...metrics.scores,
    skill_vs_persistence: metrics.skill_vs_persistence,
    skill_vs_seasonal_naive: metrics.skill_vs_seasonal_naive,
    coverage_80: coverage.get(0.8) ?? null,
    coverage_95: coverage.get(0.95) ?? null,
  }
}
