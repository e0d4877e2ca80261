import type { ClassifierModel, LabelledWindow } from '../../analysis/workloads/classifier.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { JsonObject, ModelInfo, ModelStore } from '../store/index.ts'
import { readRecords, type Needs } from '../workloads/index.ts'
import { learnInWorker } from './in-worker.ts'
import { objection } from './objection.ts'
import { labelledWindows, STEP_SECONDS, WINDOW_SECONDS } from './windows.ts'

/** The kind of these models in the store. */
export const MODEL_KIND = 'workload_type'

export interface TrainerNeeds extends Needs {
  readonly models: ModelStore
  /** How many windows back from now are learnt from. */
  readonly windows: number
}

/** What has become of a training. */
export interface TrainingReport {
  readonly at: Date
  /** The version that was made; null when there was too little to learn from. */
  readonly model: ModelInfo | null
  /** Why there is no model, or why the one in use stays in use; null for a new one that is used. */
  readonly reason: string | null
  readonly windows: number
}

/** Reads what the site knows of its workloads, learns, and keeps the new version. */
export async function train(
  needs: TrainerNeeds,
  { at, signal }: { readonly at: Date; readonly signal: AbortSignal },
): Promise<TrainingReport> {
  const windows = await readWindows(needs, { at, signal })
  const current = await needs.models.active(MODEL_KIND)
  // What was stored under this kind is such a model.
  const used = current === null ? null : (current.body as unknown as ClassifierModel)
  const learnt = await learnInWorker({ windows, current: used }, signal)
  if ('reason' in learnt) return { at, model: null, reason: learnt.reason, windows: windows.length }
  const note = objection(learnt)
  const model = await needs.models.save({
    kind: MODEL_KIND,
    created_at: at,
    scores: learnt.model.scores as unknown as JsonObject,
    body: learnt.model as unknown as JsonObject,
    note,
  })
  return { at, model, reason: note, windows: windows.length }
}

async function readWindows(
  needs: TrainerNeeds,
  { at, signal }: { readonly at: Date; readonly signal: AbortSignal },
): Promise<readonly LabelledWindow[]> {
  const found: LabelledWindow[] = []
  // One window after the other: many at once would take the memory of all of them.
  for (let back = 0; back < needs.windows; back += 1) {
    const range = windowEnding(new Date(at.getTime() - back * WINDOW_SECONDS * 1000))
    const { records } = await readRecords(needs, {
      clusters: undefined,
      at,
      signal,
      range,
      only: null,
    })
    found.push(...labelledWindows(records))
  }
  return found
}

/** The window of a model that ends at a time. */
export function windowEnding(time: Date): TimeRange {
  const end = Math.floor(time.getTime() / 1000 / STEP_SECONDS) * STEP_SECONDS
  return {
    start: new Date((end - WINDOW_SECONDS) * 1000),
    end: new Date(end * 1000),
    stepSeconds: STEP_SECONDS,
  }
}
