import {
  trainClassifier,
  type ClassifierModel,
  type LabelledWindow,
  type TooLittle,
} from '../../analysis/workloads/classifier.ts'
import { WORKLOAD_FEATURES } from '../../analysis/workloads/features.ts'
import { scoresOf, type ClassScores } from '../../analysis/workloads/scores.ts'
import { judge } from '../../analysis/workloads/classifier.ts'

/** What a worker is given: windows whose type is known, and the model that is in use. */
export interface Lesson {
  readonly windows: readonly LabelledWindow[]
  readonly current: ClassifierModel | null
}

/** What has become of it. */
export type Lessons =
  | TooLittle
  | {
      readonly model: ClassifierModel
      /** The model in use at the same windows; null where there is none. */
      readonly current: ClassScores | null
    }

/** Trains a model and holds the one in use against the same windows. */
export function learn({ windows, current }: Lesson): Lessons {
  const model = trainClassifier(windows, WORKLOAD_FEATURES)
  if ('reason' in model) return model
  return { model, current: current === null ? null : scoresAt(current, windows) }
}

function scoresAt(model: ClassifierModel, windows: readonly LabelledWindow[]): ClassScores {
  const names: readonly string[] = [
    ...new Set([...model.classes, ...windows.map(({ type }) => type)]),
  ]
  const outcomes = windows.map(({ type, features }) => ({
    actual: names.indexOf(type),
    predicted: names.indexOf(judge(model, features).type),
  }))
  return scoresOf(outcomes, names)
}
