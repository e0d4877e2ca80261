import type { FeatureColumns } from '../../analysis/forecast/lstm/member.ts'
import { stretchOf } from '../../analysis/forecast/series.ts'
import type { Answer } from '../../kernel/answer.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { parseDuration } from '../../kernel/time-range.ts'
import type { FleetReader } from '../fleet/index.ts'
import { powerAnswer } from './answer.ts'
import { readHistory, type History } from './history.ts'
import { resolutionOf, type Resolution } from './horizon.ts'
import type { FeatureQuestion, FeatureReader } from './features.ts'
import type { KeptForecasts } from './kept.ts'
import { targetOf } from './lookup.ts'
import type { Models, Serving } from './models.ts'
import { NOWHERE, nothingKnown, placeOf, postedAnswer } from './posted.ts'
import { priorAnswer } from './prior.ts'
import type { PowerAnswer, PowerQuestion, TargetRow } from './question.ts'
import { modelIdOf, type AheadTarget } from './target.ts'
import type { FollowedName, ForecastResult } from './tasks.ts'
import { trainedRmse } from './report.ts'
import type { Threads } from './threads.ts'

export interface PredictNeeds {
  readonly fleet: Pick<FleetReader, 'now' | 'during'>
  readonly models: Models
  readonly threads: Threads
  readonly historyDays: number
  /** At most so many steps are read. */
  readonly mostPoints: number
  readonly defaultHorizonSeconds: number
  readonly summary: 'avg' | 'last'
  readonly kept: KeptForecasts<Predicted>
  readonly features: FeatureReader
  /** Another number with every change of the clusters. */
  readonly revision: () => number
  readonly onForecast: (seen: SeenForecast) => void
}

/** What a forecast tells of its target. */
export interface SeenForecast {
  readonly modelId: string
  readonly seconds: number
  readonly rmse: number | null
  readonly coverage: number | null
  readonly shift: { readonly at: Date; readonly byWatts: number } | null
  /** The version that took part, and the error that it was trained to; null for models that are fitted on the spot. */
  readonly version: { readonly number: number; readonly rmse: number | null } | null
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

export interface Predicted extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly answer: PowerAnswer
}

const LONGEST_SECONDS = 86_400
const NOBODY = { clusters: [], warnings: [] }

/**
 * Forecasts what a question asks. Rejects with `invalid_request` that names the field, with `not_found` and
 * `ambiguous` for what is forecast, and with `unprocessable` where nothing is known to forecast from.
 */
export async function predictPower(
  needs: PredictNeeds,
  question: PowerQuestion,
  asked: Asked,
): Promise<Predicted> {
  const seconds = horizonOf(question, needs.defaultHorizonSeconds)
  if (question.history !== undefined)
    return {
      ...NOBODY,
      answer: await postedAnswer(needs, question, {
        history: question.history,
        seconds,
        at: asked.at,
      }),
    }
  if (question.rated_power_watts !== undefined)
    return { ...NOBODY, answer: priorAnswer(question, { seconds, at: asked.at }) }
  const target = await targetOf(needs.fleet, question, asked)
  const predicted = await predictTarget(
    needs,
    { target, seconds, workloadId: question.workload_id ?? null },
    asked,
  )
  if (question.features === undefined) return predicted
  const { answer } = predicted
  return { ...predicted, answer: { ...answer, notes: [...answer.notes, NOT_POSTED] } }
}

const NOT_POSTED = 'features of the question were not used: what is measured of the target was'

/** What is forecast of a target, and how far. */
export interface AheadQuestion {
  readonly target: AheadTarget
  readonly seconds: number
  /** As the question called it. */
  readonly workloadId: string | null
}

/** Forecasts a target that is known. Rejects as `predictPower` does. */
export async function predictTarget(
  needs: PredictNeeds,
  { target, seconds, workloadId }: AheadQuestion,
  asked: Asked,
): Promise<Predicted> {
  const resolution = resolutionIn(needs, seconds)
  const key = await keyOf(needs, target, { resolution, at: asked.at })
  const known =
    needs.kept.get(key, asked.at) ?? (await made(needs, { target, resolution, key }, asked))
  return { ...known, answer: { ...known.answer, workload_id: workloadId } }
}

/** What a forecast depends on: whose it is, up to when values are known, and the version that takes part. */
async function keyOf(
  { models, revision }: PredictNeeds,
  target: AheadTarget,
  { resolution, at }: { readonly resolution: Resolution; readonly at: Date },
): Promise<string> {
  const { stepSeconds, horizon } = resolution
  const active = await models.active(target)
  const step = Math.floor(at.getTime() / 1000 / stepSeconds)
  return JSON.stringify([modelIdOf(target), revision(), stepSeconds, horizon, step, active])
}

interface Making {
  readonly target: AheadTarget
  readonly resolution: Resolution
  readonly key: string
}

async function made(
  needs: PredictNeeds,
  { target, resolution, key }: Making,
  asked: Asked,
): Promise<Predicted> {
  const { fleet, summary } = needs
  const history = await readHistory(fleet, { target, resolution, ...asked, summary })
  const serving = await needs.models.serving(target)
  const { clusters, warnings, points } = history
  const answer = await ofTarget(needs, { target, resolution, history, serving }, asked.signal)
  const predicted = { clusters, warnings, answer }
  // What is not complete may be so in a moment.
  const isComplete = clusters.every(({ status }) => status === 'ok') && points.at(-1) !== null
  if (isComplete) needs.kept.keep(key, asked.at, predicted)
  return predicted
}

function horizonOf({ prediction_horizon: text }: PowerQuestion, byDefault: number): number {
  if (text === undefined) return byDefault
  const seconds = parseDuration(text)
  if (seconds !== undefined && seconds >= 60 && seconds <= LONGEST_SECONDS) return seconds
  throw invalidRequest(
    '/body/prediction_horizon',
    'must be a duration from 1m to 24h, such as 30m or 24h',
  )
}

/** What is read for a horizon. */
export function resolutionIn(
  { historyDays, mostPoints }: Pick<PredictNeeds, 'historyDays' | 'mostPoints'>,
  seconds: number,
): Resolution {
  const resolution = resolutionOf(seconds, historyDays)
  return { ...resolution, history: Math.min(mostPoints, resolution.history) }
}

interface OfTarget {
  readonly target: AheadTarget
  readonly resolution: Resolution
  readonly history: History
  readonly serving: Serving | null
}

async function ofTarget(
  needs: PredictNeeds,
  { target, resolution, history, serving }: OfTarget,
  signal: AbortSignal,
): Promise<PowerAnswer> {
  const began = performance.now()
  const stretch = stretchOf(history.points, 'last')
  if (stretch === null) throw nothingKnown()
  const isFit = serving?.manifest.step_seconds === resolution.stepSeconds
  const version = isFit ? serving : null
  const { horizon, day, isNear } = resolution
  const features = await featuresOf(needs, version, { target, history, stretch, signal })
  const result = await needs.threads.run({
    kind: 'forecast',
    series: { values: stretch.values, horizon, day, isNear, features },
    model: version?.model ?? null,
    followed: followedName({ target, resolution, version }, placeOf(history.range) + stretch.start),
  })
  const answer = powerAnswer({
    workloadId: null,
    target: rowOf(target),
    resolution,
    range: history.range,
    stretch,
    result,
    version,
    notes: notesOf(history, stretch.start + stretch.values.length, serving),
  })
  note(needs, { target, result, answer, version, seconds: (performance.now() - began) / 1000 })
  return answer
}

interface Featured extends FeatureQuestion {
  readonly target: AheadTarget
}

/** What the network of a version reads beside the watts. */
async function featuresOf(
  { features }: PredictNeeds,
  version: Serving | null,
  { target, ...question }: Featured,
): Promise<FeatureColumns> {
  const names = version?.model?.features.map(({ name }) => name) ?? []
  return names.length === 0 ? new Map() : await features(target, { ...question, names })
}

interface NamedSeries extends Pick<OfTarget, 'target' | 'resolution'> {
  readonly version: Serving | null
}

function followedName({ target, resolution, version }: NamedSeries, start: number): FollowedName {
  const { stepSeconds, horizon } = resolution
  const key = JSON.stringify([modelIdOf(target), stepSeconds, horizon, version?.version ?? null])
  return { key, start }
}

function note(
  { onForecast }: PredictNeeds,
  seen: {
    readonly target: AheadTarget
    readonly result: ForecastResult
    readonly answer: PowerAnswer
    readonly version: Serving | null
    readonly seconds: number
  },
): void {
  const { backtest } = seen.result.assessment
  const { level_shift: shift } = seen.answer
  onForecast({
    modelId: modelIdOf(seen.target),
    seconds: seen.seconds,
    rmse: backtest.combination?.rmse ?? null,
    coverage: backtest.coverage.get(0.9) ?? null,
    shift: shift === null ? null : { at: shift.at, byWatts: shift.by_watts },
    version:
      seen.version === null
        ? null
        : { number: seen.version.version, rmse: trainedRmse(seen.version.manifest.metrics) },
  })
}

function notesOf(history: History, end: number, serving: Serving | null): readonly string[] {
  const missing = history.points.length - end
  const late = `the last ${missing} steps have no value: the forecast begins before now`
  return [...(missing > 0 ? [late] : []), ...(serving?.refused ?? [])]
}

function rowOf(target: AheadTarget): TargetRow {
  if (target.kind !== 'controller') return { ...NOWHERE, ...target }
  const { cluster, namespace } = target.controller
  return { ...NOWHERE, kind: 'workload', cluster, namespace }
}
