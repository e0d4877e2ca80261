import { setting } from './config-setting.ts'
import { seconds, whole } from './config-values.ts'

/** What can be set of the types of workloads. */
export const workloadSettings = {
  classifierRetrainInterval: setting(
    seconds('zero allowed'),
    '12h',
    'How often the classifier of workloads learns from those whose type the site states. 0: only when it is asked to.',
  ),
  classifierTrainingHours: setting(whole(1, 168), '12', 'How many hours back it learns from.'),
}

export interface WorkloadsConfig {
  readonly retrainSeconds: number
  readonly trainingHours: number
}

/** The part of the configuration that is about types of workloads. */
export function workloadsConfig(
  read: {
    readonly classifierRetrainInterval: number
    readonly classifierTrainingHours: number
  },
  simulated: boolean,
): WorkloadsConfig {
  return {
    // A simulation keeps no model, and reading its past takes the processor that answers.
    retrainSeconds: simulated ? 0 : read.classifierRetrainInterval,
    trainingHours: read.classifierTrainingHours,
  }
}
