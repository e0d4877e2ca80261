import { stretchOf } from '../../analysis/forecast/series.ts'
import type { Answer } from '../../kernel/answer.ts'
import { invalidRequest, KCloudError } from '../../kernel/errors.ts'
import { parseDuration } from '../../kernel/time-range.ts'
import type { FleetReader } from '../fleet/index.ts'
import { powerAnswer } from './answer.ts'
import { readHistory, type History } from './history.ts'
import { resolutionOf, type Resolution } from './horizon.ts'
import { targetOf } from './lookup.ts'
import type { Models, Serving } from './models.ts'
import { priorAnswer } from './prior.ts'
import type { PostedHistory, PowerAnswer, PowerQuestion, TargetRow } from './question.ts'
import { modelIdOf, type AheadTarget } from './target.ts'
import type { ForecastResult, SeriesTask } from './tasks.ts'
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
  readonly onForecast: (seen: SeenForecast) => void
}

/** What a forecast tells of its target. */
export interface SeenForecast {
  readonly modelId: string
  readonly seconds: number
  readonly rmse: number | null
  readonly coverage: number | null
  readonly shift: { readonly at: Date; readonly byWatts: number } | null
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
      answer: await posted(needs, question, { history: question.history, seconds, at: asked.at }),
    }
  if (question.rated_power_watts !== undefined)
    return { ...NOBODY, answer: priorAnswer(question, { seconds, at: asked.at }) }
  const target = await targetOf(needs.fleet, question, asked)
  return await predictTarget(
    needs,
    { target, seconds, workloadId: question.workload_id ?? null },
    asked,
  )
}

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
  const history = await readHistory(needs.fleet, {
    target,
    resolution,
    ...asked,
    summary: needs.summary,
  })
  const serving = await needs.models.serving(target)
  return {
    clusters: history.clusters,
    warnings: history.warnings,
    answer: await ofTarget(needs, { workloadId, target, resolution, history, serving }),
  }
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
  readonly workloadId: string | null
  readonly target: AheadTarget
  readonly resolution: Resolution
  readonly history: History
  readonly serving: Serving | null
}

async function ofTarget(
  needs: PredictNeeds,
  { workloadId, target, resolution, history, serving }: OfTarget,
): Promise<PowerAnswer> {
  const began = performance.now()
  const stretch = stretchOf(history.points, 'last')
  if (stretch === null) throw nothingKnown()
  const isFit = serving?.manifest.step_seconds === resolution.stepSeconds
  const result = await run(needs, { ...resolution, values: stretch.values }, isFit ? serving : null)
  const answer = powerAnswer({
    workloadId,
    target: rowOf(target),
    resolution,
    range: history.range,
    stretch,
    result,
    version: isFit ? serving : null,
    notes: notesOf(history, stretch.start + stretch.values.length, serving),
  })
  note(needs, { target, result, answer, seconds: (performance.now() - began) / 1000 })
  return answer
}

async function run(
  { threads }: PredictNeeds,
  { values, horizon, day, isNear }: SeriesTask,
  serving: Serving | null,
): Promise<ForecastResult> {
  const model = serving?.model ?? null
  return await threads.run({
    kind: 'forecast',
    series: { values, horizon, day, isNear },
    model,
  })
}

function note(
  { onForecast }: PredictNeeds,
  seen: {
    readonly target: AheadTarget
    readonly result: ForecastResult
    readonly answer: PowerAnswer
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
  })
}

function notesOf(history: History, end: number, serving: Serving | null): readonly string[] {
  const missing = history.points.length - end
  const late = `the last ${missing} steps have no value: the forecast begins before now`
  return [...(missing > 0 ? [late] : []), ...(serving?.refused ?? [])]
}

interface Posted {
  readonly history: PostedHistory
  readonly seconds: number
  readonly at: Date
}

async function posted(
  needs: PredictNeeds,
  question: PowerQuestion,
  { history, seconds, at }: Posted,
): Promise<PowerAnswer> {
  const stretch = stretchOf(history.power_watts, 'last')
  if (stretch === null) throw nothingKnown()
  const { step_seconds: step } = history
  const horizon = Math.max(1, Math.ceil(seconds / step))
  const day = Math.max(1, Math.round(LONGEST_SECONDS / step))
  if (horizon > MOST_STEPS) throw tooFar(seconds, step)
  const resolution = { stepSeconds: step, horizon, day, isNear: false, history: 0 }
  const result = await run(needs, { values: stretch.values, horizon, day, isNear: false }, null)
  const end = history.end === undefined ? at : new Date(history.end)
  const start = new Date(end.getTime() - (history.power_watts.length - 1) * step * 1000)
  return powerAnswer({
    workloadId: question.workload_id ?? null,
    target: { ...NOWHERE, kind: 'posted' },
    resolution,
    range: { start, end, stepSeconds: step },
    stretch,
    result,
    version: null,
    notes: [],
  })
}

/** Direct forecasts of more steps are no better than their last ones. */
const MOST_STEPS = 288

function tooFar(seconds: number, step: number): KCloudError {
  return invalidRequest(
    '/body/history/step_seconds',
    `gives ${Math.ceil(seconds / step)} steps up to the horizon, and at most ${MOST_STEPS} are forecast: send means of longer steps`,
  )
}

const NOWHERE: TargetRow = { kind: 'posted', cluster: null, node: null, namespace: null, pod: null }

function rowOf(target: AheadTarget): TargetRow {
  if (target.kind !== 'controller') return { ...NOWHERE, ...target }
  const { cluster, namespace } = target.controller
  return { ...NOWHERE, kind: 'workload', cluster, namespace }
}

function nothingKnown(): KCloudError {
  return new KCloudError('unprocessable', { detail: 'there is no value to forecast from' })
}
