import type { WorkloadsConfig } from './config-workloads.ts'
import type { Journal } from './journal.ts'
import { createClassifier, type Classifier } from './services/classifier/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Store } from './services/store/index.ts'
import type { Telemetry } from './services/telemetry/index.ts'

interface Needs {
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
  readonly store: Pick<Store, 'models'>
  readonly journal: Pick<Journal, 'training'>
  readonly now: () => Date
}

/** Builds what tells the types of workloads. */
export function composeClassifier(
  { retrainSeconds, trainingHours }: WorkloadsConfig,
  { store, journal, ...needs }: Needs,
): Classifier {
  return createClassifier({
    ...needs,
    models: store.models,
    windows: trainingHours,
    intervalSeconds: retrainSeconds,
    onTraining: (outcome) => journal.training(outcome),
  })
}
