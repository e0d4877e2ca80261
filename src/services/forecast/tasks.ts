import {
  assess,
  backtestStart,
  type AssessOptions,
  type Assessment,
} from '../../analysis/forecast/assess.ts'
import { membersFor, rungOf, type Rung } from '../../analysis/forecast/ladder.ts'
import type { LstmKernel } from '../../analysis/forecast/lstm/kernel.ts'
import {
  lstmMember,
  trainOn,
  type FeatureColumns,
  type LstmModel,
  type LstmSettings,
} from '../../analysis/forecast/lstm/member.ts'
import type { Member } from '../../analysis/forecast/members.ts'
import type { FollowedSeries } from './followed.ts'

/** Values without a gap, and what is asked of them. */
export interface SeriesTask {
  readonly values: Float64Array
  readonly horizon: number
  /** How many values a day has. */
  readonly day: number
  readonly isNear: boolean
  /** What else is known, value by value. */
  readonly features: FeatureColumns
}

export interface ForecastTask {
  readonly kind: 'forecast'
  readonly series: SeriesTask
  /** What the series is known by, so that it need not be fitted again when it goes on; null for one that does not. */
  readonly followed: FollowedName | null
  /** The network that takes part; null for none. */
  readonly model: LstmModel | null
}

/** A series that goes on, and what takes part in its forecast. */
export interface FollowedName {
  readonly key: string
  /** The place of the first value on a grid that does not move. */
  readonly start: number
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

/** Forecasts one series. Those that go on are fitted anew only after a while. */
export function runForecast(
  { series, model, followed }: ForecastTask,
  kernel: () => LstmKernel,
  all: FollowedSeries,
): ForecastResult {
  const rung = rungOf(questionOf(series))
  if (followed === null) return { assessment: assessed(series, model, kernel), rung }
  const assessment = all.assess(
    { ...followed, rung, values: series.values, day: series.day, columns: series.features },
    (columns) => optionsOf(series, { model, columns }, kernel),
  )
  return { assessment, rung }
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
  const made = rung === 'full' ? trained(series, settings, { kernel, onProgress }) : null
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

interface Training {
  readonly kernel: () => LstmKernel
  readonly onProgress: (share: number) => void
}

/**
 * A network that reads the series alone and, where more is known, one that reads that too: the one that does better on
 * what neither was trained on. More inputs often only mean that more is learnt by heart.
 */
function trained(series: SeriesTask, settings: LstmSettings, { kernel, onProgress }: Training) {
  const { values, day, horizon, features } = series
  const end = backtestStart(values.length, day)
  const known = new Map([...features].map(([name, column]) => [name, column.slice(0, end)]))
  const choices: readonly FeatureColumns[] = known.size === 0 ? [new Map()] : [new Map(), known]
  const made = choices.map((columns, choice) =>
    trainOn(
      kernel(),
      { values: values.slice(0, end), horizon, features: columns },
      {
        ...settings,
        onEpoch: ({ epoch }) => {
          onProgress(0.1 + (0.8 * (choice + epoch / settings.mostEpochs)) / choices.length)
          return true
        },
      },
    ),
  )
  return made.reduce((best, each) => (isBetter(each, best) ? each : best), made[0] ?? null)
}

type TrainedNetwork = ReturnType<typeof trainOn>

const isBetter = (one: TrainedNetwork, other: TrainedNetwork): boolean =>
  one !== null && (other === null || one.trained.bestError < other.trained.bestError)

function assessed(
  series: SeriesTask,
  model: LstmModel | null,
  kernel: () => LstmKernel,
): Assessment {
  const columns = (): FeatureColumns => series.features
  return assess(series.values, optionsOf(series, { model, columns }, kernel))
}

interface Network {
  readonly model: LstmModel | null
  readonly columns: () => FeatureColumns
}

function optionsOf(
  series: SeriesTask,
  { model, columns }: Network,
  kernel: () => LstmKernel,
): AssessOptions {
  const { horizon, day } = series
  const own = membersFor(questionOf(series))
  const fits = model !== null && model.shape.outputs >= horizon
  const members: readonly Member[] = fits
    ? [...own, lstmMember(kernel(), { model, horizon, columns })]
    : own
  return { horizon, day, members, mostOrigins: MOST_ORIGINS }
}

const questionOf = ({ values, horizon, day, isNear }: SeriesTask) => ({
  count: values.length,
  day,
  horizon,
  isNear,
})
