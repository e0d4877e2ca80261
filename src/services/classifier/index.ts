import { judge, type ClassifierModel, type Judgement } from '../../analysis/workloads/classifier.ts'
import { classify, type Classification } from '../../analysis/workloads/classify.ts'
import type { WorkloadSigns } from '../../analysis/workloads/workload-type.ts'
import type { Now } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { untilEither } from '../../kernel/signals.ts'
import type { ModelInfo, StoredModel } from '../store/index.ts'
import type { WorkloadRecord } from '../workloads/index.ts'
import { MODEL_KIND, train, type TrainerNeeds, type TrainingReport } from './trainer.ts'
import { featuresOf, servingSignsOf } from './windows.ts'

export { windowEnding, type TrainingReport } from './trainer.ts'
export { LEAST_KNOWN, STEP_SECONDS } from './windows.ts'

export interface ClassifierOptions extends TrainerNeeds {
  readonly now: Now
  /** How often a new model is trained; 0 never by itself. */
  readonly intervalSeconds: number
  /** Told of every training, and of every one that could not be. */
  readonly onTraining: (outcome: TrainingReport | { readonly error: unknown }) => void
}

/** Tells the types of workloads, and learns from those of the site. */
export interface Classifier {
  /** A workload as it was over a window of the model. */
  ofRecord(record: WorkloadRecord): Promise<Classification>
  /** What was posted: signs, and features where there are any. */
  ofSigns(signs: WorkloadSigns, features: readonly number[] | null): Promise<Classification>
  /** The model in use; null when there is none. */
  model(): Promise<ModelInfo | null>
  /** Trains now. Rejects with `unprocessable` while another training is under way. */
  train(signal: AbortSignal): Promise<TrainingReport>
  close(): Promise<void>
}

/** Between two looks at the store for a model that another server has trained. */
const FRESH_SECONDS = 60
/** A new server first answers requests, and learns then. */
const FIRST_SECONDS = 600

/** A classifier that keeps its models in the store. */
export function createClassifier(options: ClassifierOptions): Classifier {
  const current = createCurrent(options)
  const stopping = new AbortController()
  let running: Promise<TrainingReport> | null = null
  const run = async (signal: AbortSignal): Promise<TrainingReport> => {
    if (running !== null)
      throw new KCloudError('unprocessable', { detail: 'a training is under way already' })
    running = untilEither([signal, stopping.signal], (both) =>
      train(options, { at: options.now(), signal: both }),
    )
    try {
      const report = await running
      options.onTraining(report)
      current.forget()
      return report
    } finally {
      running = null
    }
  }
  const schedule = createSchedule(options, () => run(stopping.signal))
  const classified = async (
    signs: WorkloadSigns,
    { features, serving }: Pick<Heard, 'features' | 'serving'>,
  ): Promise<Classification> => {
    const model = await current.model()
    return classify({ signs, serving, judgement: judgementOf(model?.body ?? null, features) })
  }
  return {
    ofRecord: (record) =>
      classified(record.signs, { features: featuresOf(record), serving: servingSignsOf(record) }),
    ofSigns: (signs, features) => classified(signs, { features, serving: null }),
    model: async () => (await current.model())?.info ?? null,
    train: run,
    async close() {
      schedule.stop()
      stopping.abort()
      await running?.catch(() => undefined)
    },
  }
}

interface Heard {
  readonly features: readonly number[] | null
  readonly serving: ReturnType<typeof servingSignsOf>
}

const judgementOf = (
  model: ClassifierModel | null,
  features: readonly number[] | null,
): Judgement | null => (model === null || features === null ? null : judge(model, features))

interface Loaded {
  readonly info: ModelInfo
  readonly body: ClassifierModel
}

/** The model in use, read again after a while: another server may have trained it. */
function createCurrent({ models, now }: Pick<ClassifierOptions, 'models' | 'now'>) {
  let model: Loaded | null = null
  let readAt = Number.NEGATIVE_INFINITY
  return {
    async model(): Promise<Loaded | null> {
      const time = now().getTime()
      if (time - readAt < FRESH_SECONDS * 1000) return model
      const stored = await models.active(MODEL_KIND)
      if (stored !== null && stored.version !== model?.info.version) model = loadedFrom(stored)
      readAt = time
      return model
    },
    forget(): void {
      readAt = Number.NEGATIVE_INFINITY
    },
  }
}

function loadedFrom({ body, ...info }: StoredModel): Loaded {
  // What was stored under this kind is such a model.
  return { info, body: body as unknown as ClassifierModel }
}

/** Trains when the last version is older than the interval, and looks at that once in a while. */
function createSchedule(
  { intervalSeconds, models, now, onTraining }: ClassifierOptions,
  run: () => Promise<TrainingReport>,
) {
  if (intervalSeconds === 0) return { stop: () => undefined }
  const attempt = async (): Promise<void> => {
    try {
      const [last] = await models.list(MODEL_KIND)
      const age = last === undefined ? Infinity : now().getTime() - last.created_at.getTime()
      if (age >= intervalSeconds * 1000) await run()
    } catch (error) {
      onTraining({ error })
    }
  }
  const first = Math.min(FIRST_SECONDS, intervalSeconds)
  const timer = setInterval(() => void attempt(), first * 1000)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
