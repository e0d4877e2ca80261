import { randomUUID } from 'node:crypto'
import type { LstmSettings } from '../../analysis/forecast/lstm/member.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { FleetReader } from '../fleet/index.ts'
import type {
  JobKind,
  JobStore,
  ForecastModelStore,
  StoredItem,
  StoredJob,
} from '../store/index.ts'
import { artifactsIn, artifactsInStore } from './artifacts.ts'
import type { FeatureReader } from './features.ts'
import { readHistory } from './history.ts'
import { createJobRunner, type JobCall, type JobRunner } from './jobs.ts'
import { createKeptForecasts } from './kept.ts'
import { targetOf } from './lookup.ts'
import { createModels, type Models } from './models.ts'
import {
  predictPower,
  predictTarget,
  resolutionIn,
  type AheadQuestion,
  type Predicted,
  type PredictNeeds,
  type SeenForecast,
} from './predict.ts'
import type { PowerQuestion } from './question.ts'
import type { Target } from './target.ts'
import { createThreads } from './threads.ts'
import { train, type TrainedVersion, type TrainingNeeds } from './training.ts'

export type { ModelInfo, VersionInfo } from './models.ts'
export { FEATURES, type PowerAnswer, type PowerQuestion } from './question.ts'
export { createForecastEvents, type ForecastEvent, type ForecastEvents } from './events.ts'
export { modelIdOf, type AheadTarget, type Target } from './target.ts'
export type { SeenForecast } from './predict.ts'
export type { TrainedVersion } from './training.ts'
export { kernelBytes } from './kernel.ts'
export { featureReader } from './features.ts'

/** Forecasts of power, and the models that take part in them. */
export interface Forecasts {
  readonly models: Models
  readonly jobs: Jobs
  /** Rejects with `invalid_request`, `not_found`, `ambiguous` and `unprocessable`. */
  power(question: PowerQuestion, asked: Asked): Promise<Predicted>
  /** The power of a target that is known. Rejects with `not_found` and `unprocessable`. */
  ahead(question: AheadQuestion, asked: Asked): Promise<Predicted>
  /** The target of a training. Rejects with `not_found` and `ambiguous`. */
  targetOf(question: PowerQuestion, asked: Asked): Promise<Target>
  /** Looks for work that was left, and trains again by the clock. */
  start(): void
  close(): Promise<void>
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

/** Work that outlives the process. */
export interface Jobs {
  retrain(target: Target, by: Ordered): Promise<StoredJob>
  batch(questions: readonly PowerQuestion[], by: Ordered): Promise<StoredJob>
  /** Rejects with `not_found`. */
  one(kind: JobKind, id: string): Promise<StoredJob>
  items(id: string): Promise<readonly StoredItem[]>
  open(kind: JobKind): Promise<readonly StoredJob[]>
  /** Rejects with `not_found`, and with `unprocessable` for one that has ended. */
  cancel(kind: JobKind, id: string): Promise<StoredJob>
}

interface Ordered {
  readonly user: string
  readonly at: Date
}

export interface ForecastOptions {
  /** Reads what networks can see beside watts. */
  readonly features: FeatureReader
  readonly fleet: FleetReader
  readonly models: ForecastModelStore
  readonly jobs: JobStore
  readonly kernel: Uint8Array
  readonly now: () => Date
  /** Where artifacts lie; null for the state store. */
  readonly modelPath: string | null
  readonly settings: LstmSettings
  readonly horizonSeconds: number
  readonly historyDays: number
  readonly mostPoints: number
  /** 0 never trains by the clock. */
  readonly updateSeconds: number
  readonly summary: 'avg' | 'last'
  /** Another number with every change of the clusters. */
  readonly revision: () => number
  readonly observe: ForecastObserver
}

/** Hears what the models do. */
export interface ForecastObserver {
  readonly forecast: (seen: SeenForecast) => void
  readonly trained: (trained: TrainedVersion) => void
  readonly failed: (job: StoredJob, error: unknown) => void
}

/** Forecasts over a fleet. Nothing runs before `start`. */
export function createForecasts(options: ForecastOptions): Forecasts {
  const { fleet, models: store, modelPath, now, observe } = options
  const place = modelPath === null ? artifactsInStore(store) : artifactsIn(modelPath)
  const models = createModels({ store, place })
  const threads = createThreads(options.kernel)
  const needs: PredictNeeds = {
    ...options,
    models,
    threads,
    kept: createKeptForecasts(),
    defaultHorizonSeconds: options.horizonSeconds,
    onForecast: observe.forecast,
  }
  const runners = {
    training: trainingRunner(options, { store, models, place, threads }),
    batch: batchRunner(options, needs),
  }
  const jobs = createJobs(options.jobs, runners, now)
  const timer = clock(options.updateSeconds, () => retrainAll(models, jobs, now))
  return {
    models,
    jobs,
    power: (question, asked) => predictPower(needs, question, asked),
    ahead: (question, asked) => predictTarget(needs, question, asked),
    targetOf: (question, asked) => targetOf(fleet, question, asked),
    start() {
      runners.training.wake()
      runners.batch.wake()
    },
    async close() {
      clearInterval(timer)
      await Promise.all([runners.training.close(), runners.batch.close()])
      await threads.close()
    },
  }
}

function trainingRunner(
  options: ForecastOptions,
  parts: Pick<TrainingNeeds, 'store' | 'models' | 'place' | 'threads'>,
): JobRunner {
  const { fleet, jobs, now, observe, settings, summary } = options
  const resolution = resolutionIn(options, options.horizonSeconds)
  const needs: TrainingNeeds = {
    ...parts,
    features: options.features,
    resolution,
    now,
    settings,
    read: (target, signal) =>
      readHistory(fleet, { target, resolution, signal, at: now(), summary }),
    onTrained: observe.trained,
  }
  return createJobRunner({
    store: jobs,
    kind: 'training',
    now,
    onFailure: observe.failed,
    work: (job, call) => train(needs, job, call),
  })
}

function batchRunner({ jobs, now, observe }: ForecastOptions, needs: PredictNeeds): JobRunner {
  return createJobRunner({
    store: jobs,
    kind: 'batch',
    now,
    onFailure: observe.failed,
    work: (job, call) => runBatch({ needs, jobs, now }, job, call),
  })
}

function clock(seconds: number, tick: () => Promise<void>): NodeJS.Timeout | undefined {
  if (seconds === 0) return undefined
  // The store may be gone for a while; the next tick tries again.
  const timer = setInterval(() => void tick().catch(() => undefined), seconds * 1000)
  timer.unref()
  return timer
}

/** Every model that there is gets a job, unless it has one that has not ended. */
async function retrainAll(models: Models, jobs: Jobs, now: () => Date): Promise<void> {
  const waiting = new Set((await jobs.open('training')).map(({ request }) => request))
  for (const { target } of await models.list())
    if (!waiting.has(requestOf(target))) await jobs.retrain(target, { user: 'schedule', at: now() })
}

const requestOf = (target: Target): string => JSON.stringify({ target })

type Runners = Readonly<Record<JobKind, Pick<JobRunner, 'wake' | 'abort'>>>

function createJobs(store: JobStore, runners: Runners, now: () => Date): Jobs {
  const add = async (
    kind: JobKind,
    { request, items, by }: { request: string; items: readonly string[]; by: Ordered },
  ) => {
    const id = randomUUID()
    await store.add({ id, kind, request, items, created_by: by.user, at: by.at })
    runners[kind].wake()
    return await one(kind, id)
  }
  const one = async (kind: JobKind, id: string): Promise<StoredJob> => {
    const job = await store.find(id)
    if (job?.kind !== kind)
      throw new KCloudError('not_found', { detail: `there is no ${kind} ${JSON.stringify(id)}` })
    return job
  }
  return {
    retrain: (target, by) => add('training', { request: requestOf(target), items: [], by }),
    batch: (questions, by) =>
      add('batch', { request: '{}', items: questions.map((each) => JSON.stringify(each)), by }),
    one,
    items: (id) => store.items(id),
    open: (kind) => store.open(kind),
    async cancel(kind, id) {
      const job = await one(kind, id)
      if (!(await store.cancel(id, now())))
        throw new KCloudError('unprocessable', { detail: `${kind} ${id} has ended: ${job.state}` })
      runners[kind].abort(id)
      return await one(kind, id)
    },
  }
}

interface BatchNeeds {
  readonly needs: PredictNeeds
  readonly jobs: JobStore
  readonly now: () => Date
}

/** Answers every item that has no answer yet, each for itself: one that fails does not end the others. */
async function runBatch(
  { needs, jobs, now }: BatchNeeds,
  { id }: StoredJob,
  { signal, onProgress }: JobCall,
): Promise<{ readonly answered: number; readonly failed: number }> {
  const items = await jobs.items(id)
  const counts = { answered: 0, failed: 0 }
  for (const [index, { position, request, result }] of items.entries()) {
    signal.throwIfAborted()
    const text = result ?? (await itemResult(needs, request, { at: now(), signal }))
    signal.throwIfAborted()
    if (result === null) await jobs.saveItem(id, position, text)
    counts[text.startsWith('{"error"') ? 'failed' : 'answered'] += 1
    onProgress((index + 1) / items.length)
  }
  return counts
}

async function itemResult(needs: PredictNeeds, request: string, asked: Asked): Promise<string> {
  try {
    // It was checked when the batch was ordered.
    const { answer } = await predictPower(needs, JSON.parse(request) as PowerQuestion, asked)
    return JSON.stringify({ answer })
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    return JSON.stringify({ error: { kind: error.kind, detail: error.detail } })
  }
}
