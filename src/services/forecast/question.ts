/** What is asked about power to come, as it stands in a request. */
export interface PowerQuestion {
  readonly workload_id?: string | undefined
  readonly cluster?: string | undefined
  readonly node?: string | undefined
  readonly namespace?: string | undefined
  readonly prediction_horizon?: string | undefined
  readonly features?:
    Readonly<Partial<Record<FeatureName, readonly number[] | undefined>>> | undefined
  readonly history?: PostedHistory | undefined
  readonly rated_power_watts?: number | undefined
  readonly idle_power_watts?: number | undefined
}

export const FEATURES = [
  'cpu_utilization',
  'memory_utilization',
  'gpu_utilization',
  'npu_utilization',
  'temperature',
] as const
export type FeatureName = (typeof FEATURES)[number]

/** A series that comes with the request. */
export interface PostedHistory {
  readonly power_watts: readonly (number | null)[]
  readonly step_seconds: number
  /** RFC 3339, of the last value; now when left out. */
  readonly end?: string | undefined
}

/** A forecast as it stands on the wire. */
export interface PowerAnswer {
  readonly workload_id: string | null
  readonly target: TargetRow
  readonly predictions: readonly PredictionRow[]
  readonly total_predicted_power: number
  readonly peak_power_watts: number
  readonly mean_power_watts: number
  readonly energy_joules: number
  readonly energy_kwh: number
  readonly horizon_seconds: number
  readonly step_seconds: number
  readonly model: string
  readonly model_version: string
  readonly members: readonly { readonly name: string; readonly weight: number }[]
  readonly rung: string
  readonly rung_reason: string
  readonly calibrated: boolean
  readonly level_shift: { readonly at: Date; readonly by_watts: number } | null
  readonly training: {
    readonly start: Date
    readonly end: Date
    readonly points: number
    readonly filled_points: number
  } | null
  readonly backtest: BacktestRow | null
  readonly notes: readonly string[]
}

export interface TargetRow {
  readonly kind: 'fleet' | 'cluster' | 'node' | 'workload' | 'posted' | 'prior'
  readonly cluster: string | null
  readonly node: string | null
  readonly namespace: string | null
  readonly pod: string | null
}

export interface PredictionRow {
  readonly timestamp: Date
  readonly predicted_power: number
  readonly confidence: number | null
  readonly lower_80: number | null
  readonly upper_80: number | null
  readonly lower_95: number | null
  readonly upper_95: number | null
}

export interface BacktestRow {
  readonly origins: number
  readonly days: number
  readonly rmse_watts: number | null
  readonly mae_watts: number | null
  readonly mape_percent: number | null
  readonly wape_percent: number | null
  readonly mase: number | null
  readonly skill_vs_persistence: number | null
  readonly skill_vs_seasonal_naive: number | null
  readonly coverage_80: number | null
  readonly coverage_95: number | null
}
