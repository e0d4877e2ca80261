import { forecastEvent } from './compose-events.ts'
import type { Config } from './config.ts'
import type { SelfMetrics } from './http/self-metrics.ts'
import type { Journal } from './journal.ts'
import type { DataEvents } from './services/events/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import {
  createForecastEvents,
  createForecasts,
  featureReader,
  kernelBytes,
  type ForecastEvent,
  type ForecastEvents,
  type ForecastObserver,
  type Forecasts,
  type SeenForecast,
} from './services/forecast/index.ts'
import type { Store } from './services/store/index.ts'
import type { Telemetry } from './services/telemetry/index.ts'

interface Needs {
  readonly fleet: FleetReader
  readonly telemetry: Telemetry
  readonly store: Pick<Store, 'forecastModels' | 'jobs'>
  readonly metrics: SelfMetrics
  readonly journal: Journal
  readonly events: DataEvents
  readonly registry: { readonly revision: number }
  readonly now: () => Date
}

export interface ForecastParts {
  readonly forecasts: Forecasts
  readonly forecastEvents: ForecastEvents
}

/** The simulator computes every sample, so that long histories would take it minutes. */
const SIMULATED_POINTS = 168
const MOST_POINTS = 10_000
const MOST_EPOCHS = 12
const PATIENCE = 3
const SEED = 20_251
/** An error of so many times the one of the training is a drift. */
const DRIFT = 1.5
/** As many models as have events. */
const MOST_DRIFTED = 1000

/** The forecasts of a server, and what they tell of themselves. */
export async function composeForecasts(config: Config, needs: Needs): Promise<ForecastParts> {
  const { fleet, store, now } = needs
  const { forecast, simulated } = config
  const forecastEvents = createForecastEvents()
  const forecasts = createForecasts({
    fleet,
    now,
    models: store.forecastModels,
    jobs: store.jobs,
    kernel: await kernelBytes(),
    ...forecast,
    settings: {
      sequence: forecast.sequence,
      hidden: forecast.hidden,
      batch: forecast.batch,
      mostEpochs: MOST_EPOCHS,
      patience: PATIENCE,
      seed: SEED,
    },
    mostPoints: simulated ? SIMULATED_POINTS : MOST_POINTS,
    summary: simulated ? 'last' : 'avg',
    features: featureReader(needs, simulated ? 'last' : 'avg'),
    revision: () => needs.registry.revision,
    observe: forecastObserver(needs, forecastEvents),
  })
  return { forecasts, forecastEvents }
}

type Observed = Pick<Needs, 'now'> & {
  readonly metrics: Pick<SelfMetrics, 'forecast' | 'forecastBefell' | 'trained'>
  readonly journal: Pick<Journal, 'forecast' | 'trained' | 'jobFailed'>
  readonly events: Pick<DataEvents, 'add'>
}

/** Hears what models do, and tells of jumps to another level and of versions that have become worse, each once. */
export function forecastObserver(needs: Observed, events: ForecastEvents): ForecastObserver {
  const { metrics, journal, now } = needs
  const add = (modelId: string, event: ForecastEvent): void => {
    if (!events.add(modelId, event)) return
    journal.forecast(modelId, event)
    metrics.forecastBefell(event.kind)
    needs.events.add(forecastEvent(modelId, event))
  }
  const drifted = new Map<string, number>()
  return {
    forecast(seen) {
      metrics.forecast(seen)
      const { modelId, shift } = seen
      if (shift !== null) {
        const detail = `the level changed by ${shift.byWatts.toFixed(0)} W`
        add(modelId, { at: shift.at, kind: 'level_shift', detail })
      }
      const times = driftOf(seen)
      if (times === null || drifted.get(modelId) === seen.version?.number) return
      if (drifted.size >= MOST_DRIFTED) drifted.clear()
      drifted.set(modelId, seen.version?.number ?? 0)
      const detail = `the error is ${times.toFixed(2)} times that of the training`
      add(modelId, { at: now(), kind: 'drift', detail })
    },
    trained(trained) {
      metrics.trained({ modelId: trained.model_id, seconds: trained.seconds })
      journal.trained(trained)
    },
    failed: (job, error) => journal.jobFailed(job.id, error),
  }
}

/** How many times the error of its training a version has now, where that is a drift. */
function driftOf({ rmse, version }: SeenForecast): number | null {
  const trained = version?.rmse ?? null
  if (rmse === null || trained === null || trained === 0) return null
  return rmse > trained * DRIFT ? rmse / trained : null
}
