import { numberOf } from './analysis/cost/decimal.ts'
import { NO_ENERGY } from './analysis/cost/ledger.ts'
import { termsOf } from './analysis/cost/models.ts'
import { composeCollector } from './compose-collector.ts'
import type { Config } from './config.ts'
import type { Journal } from './journal.ts'
import { createClassifier, type Classifier } from './services/classifier/index.ts'
import type { Collector, CostOf } from './services/collector/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Store } from './services/store/index.ts'
import type { Telemetry } from './services/telemetry/index.ts'

interface Needs {
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
  readonly store: Pick<Store, 'models' | 'rollups'>
  readonly journal: Pick<Journal, 'training' | 'collector'>
  readonly now: () => Date
}

/** What tells the types of workloads, and what collects their power. */
export interface Workloads {
  readonly classifier: Classifier
  readonly collector: Collector | null
  readonly priceOf: CostOf
  close(): Promise<void>
}

/** Builds both, and starts the collector where one is configured. */
export async function composeWorkloads(
  { workloads, collector: config, cost }: Pick<Config, 'workloads' | 'collector' | 'cost'>,
  { telemetry, ...needs }: Needs,
): Promise<Workloads> {
  const { store, journal, now, fleet } = needs
  const classifier = createClassifier({
    telemetry,
    fleet,
    now,
    models: store.models,
    windows: workloads.trainingHours,
    intervalSeconds: workloads.retrainSeconds,
    onTraining: (outcome) => journal.training(outcome),
  })
  const priceOf = priceBy(cost)
  const collector = await composeCollector(config, { ...needs, costOf: priceOf })
  return {
    classifier,
    collector,
    priceOf,
    async close() {
      await collector?.close()
      await classifier.close()
    },
  }
}

/** The published formula; a tariff that changes by the hour cannot price joules of which only the sum is known. */
function priceBy(cost: Config['cost']): CostOf {
  const { model, currency, electricityRate: electricity, coolingFactor, carbonRate: carbon } = cost
  if (model !== 'kcloud') return () => null
  const rates = { model, electricity, coolingFactor, carbon } as const
  return (joules) => {
    const energy = { ...NO_ENERGY, microjoules: BigInt(Math.round(joules * 1e6)) }
    const terms = termsOf(energy, rates)
    return {
      model,
      currency,
      electricity: numberOf(terms.electricity),
      cooling: numberOf(terms.cooling),
      carbon: numberOf(terms.carbon),
      total: numberOf(terms.electricity + terms.cooling + terms.carbon),
    }
  }
}
