import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What is measured of the models. */
export interface ForecastMetrics {
  forecast(seen: ForecastSeen): void
  /** A model drifts, or the level of its target has shifted. */
  forecastBefell(kind: string): void
  trained(trained: { readonly modelId: string; readonly seconds: number }): void
}

interface ForecastSeen {
  readonly modelId: string
  readonly seconds: number
  readonly rmse: number | null
  readonly coverage: number | null
}

/** So many models have figures of their own; there is no bound to how many workloads can be asked for. */
const MOST_MODELS = 200

/** The metrics of the models, in a registry. */
export function forecastMetrics(register: Registry): ForecastMetrics {
  const labelNames = ['model'] as const
  const registers = [register]
  const error = new Gauge({
    name: 'forecast_rmse_watts',
    help: 'The root mean squared error of the last backtest of a model.',
    labelNames,
    registers,
  })
  const coverage = new Gauge({
    name: 'forecast_coverage_ratio',
    help: 'The share of true values within the 90 % interval in the last backtest of a model.',
    labelNames,
    registers,
  })
  const inference = new Histogram({
    name: 'forecast_inference_seconds',
    help: 'From the history of a target to its forecast, with the backtest.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const training = new Histogram({
    name: 'forecast_training_seconds',
    help: 'How long the training of a model took, with reading its history.',
    buckets: [1, 5, 10, 30, 60, 120, 300, 600],
    registers,
  })
  const known = new Set<string>()
  return {
    forecast({ modelId, seconds, rmse, coverage: share }) {
      inference.observe(seconds)
      if (!known.has(modelId) && known.size >= MOST_MODELS) return
      known.add(modelId)
      if (rmse !== null) error.set({ model: modelId }, rmse)
      if (share !== null) coverage.set({ model: modelId }, share)
    },
    ...befallings(registers),
    trained: ({ seconds }) => training.observe(seconds),
  }
}

/** What has not befallen yet is a zero, so that its first time is seen. */
function befallings(registers: Registry[]): Pick<ForecastMetrics, 'forecastBefell'> {
  const befell = new Counter({
    name: 'forecast_events_total',
    help: 'What befell the forecasts: drift, level_shift.',
    labelNames: ['kind'] as const,
    registers,
  })
  for (const kind of ['drift', 'level_shift']) befell.inc({ kind }, 0)
  return { forecastBefell: (kind) => befell.inc({ kind }) }
}
