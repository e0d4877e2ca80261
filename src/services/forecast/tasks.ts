import { assess, backtestStart, type Assessment } from '../../analysis/forecast/assess.ts'
import { membersFor, rungOf, type Rung } from '../../analysis/forecast/ladder.ts'
import type { LstmKernel } from '../../analysis/forecast/lstm/kernel.ts'
import {
  lstmMember,
  trainOn,
  type LstmModel,
  type LstmSettings,
} from '../../analysis/forecast/lstm/member.ts'
import type { Member } from '../../analysis/forecast/members.ts'
import { mstlEts } from './statistical.ts'

/** Values without a gap, and what is asked of them. */
export interface SeriesTask {
  readonly values: Float64Array
  readonly horizon: number
  /** How many values a day has. */
  readonly day: number
  readonly isNear: boolean
}

export interface ForecastTask {
  readonly kind: 'forecast'
  readonly series: SeriesTask
  /** The network that takes part; null for none. */
  readonly model: LstmModel | null
}

export interface TrainingTask {
  readonly kind: 'training'
  readonly series: SeriesTask
  readonly settings: LstmSettings
  /** The network that serves until now, which the new one is held against. */
  readonly current: LstmModel | null
}

export type Task = ForecastTask | TrainingTask

export interface ForecastResult {
  readonly assessment: Assessment
  readonly rung: Rung
}

export interface TrainingResult extends ForecastResult {
  /** Null where the history is too short for a network. */
  readonly model: LstmModel | null
  /** The forecast as it is without the new network. */
  readonly before: Assessment
  readonly epochs: number
  readonly bestEpoch: number | null
}

export interface TaskResults {
  readonly forecast: ForecastResult
  readonly training: TrainingResult
}

const MOST_ORIGINS = 64

/** Forecasts one series. */
export function runForecast(
  { series, model }: ForecastTask,
  kernel: () => LstmKernel,
): ForecastResult {
  return { assessment: assessed(series, model, kernel), rung: rungOf(questionOf(series)) }
}

/**
 * Trains a network on what lies before the backtest, and assesses the combination with it and as it was before.
 * `onProgress` gets the share of the work that is done.
 */
export function runTraining(
  { series, settings, current }: TrainingTask,
  kernel: () => LstmKernel,
  onProgress: (share: number) => void,
): TrainingResult {
  const rung = rungOf(questionOf(series))
  const before = assessed(series, current, kernel)
  onProgress(0.1)
  const known = series.values.slice(0, backtestStart(series.values.length, series.day))
  const made =
    rung === 'full'
      ? trainOn(
          kernel(),
          { values: known, horizon: series.horizon },
          {
            ...settings,
            onEpoch: ({ epoch }) => {
              onProgress(0.1 + (0.8 * epoch) / settings.mostEpochs)
              return true
            },
          },
        )
      : null
  const model = made?.model ?? null
  return {
    assessment: assessed(series, model, kernel),
    rung,
    model,
    before,
    epochs: made?.trained.epochs.length ?? 0,
    bestEpoch: made?.trained.bestEpoch ?? null,
  }
}

function assessed(
  series: SeriesTask,
  model: LstmModel | null,
  kernel: () => LstmKernel,
): Assessment {
  const { values, horizon, day } = series
  const own = membersFor(questionOf(series), (seasons) => mstlEts(horizon, seasons))
  const fits = model !== null && model.shape.outputs >= horizon
  const members: readonly Member[] = fits ? [...own, lstmMember(kernel(), { model, horizon })] : own
  return assess(values, { horizon, day, members, mostOrigins: MOST_ORIGINS })
}

const questionOf = ({ values, horizon, day, isNear }: SeriesTask) => ({
  count: values.length,
  day,
  horizon,
  isNear,
})
