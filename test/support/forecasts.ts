import type { LstmSettings } from '../../src/analysis/forecast/lstm/member.ts'
import type { FleetReader } from '../../src/services/fleet/index.ts'
import {
  createForecasts,
  kernelBytes,
  type ForecastOptions,
  type Forecasts,
} from '../../src/services/forecast/index.ts'
import { openStore, type StoreOptions } from '../../src/services/store/index.ts'

export interface ForecastSetup {
  readonly place?: StoreOptions
  readonly modelPath?: string | null
  readonly settings?: Partial<LstmSettings>
  readonly now?: () => Date
  readonly historyDays?: number
  readonly updateSeconds?: number
  readonly revision?: () => number
  /** What is known beside the watts; nothing when left out. */
  readonly features?: ForecastOptions['features']
}

/** Forecasts over a fleet, with a store; whoever asks for them closes both. */
export async function startForecasts(
  fleet: FleetReader,
  { place = { path: ':memory:' }, settings = {}, ...setup }: ForecastSetup = {},
) {
  const store = await openStore(place)
  const failures: unknown[] = []
  const forecasts: Forecasts = createForecasts({
    fleet,
    models: store.forecastModels,
    jobs: store.jobs,
    kernel: await kernelBytes(),
    now: setup.now ?? (() => new Date()),
    modelPath: setup.modelPath ?? null,
    settings: {
      sequence: 24,
      hidden: 8,
      batch: 8,
      mostEpochs: 2,
      patience: 2,
      seed: 1,
      ...settings,
    },
    horizonSeconds: 6 * 3600,
    historyDays: setup.historyDays ?? 60,
    mostPoints: 10_000,
    updateSeconds: setup.updateSeconds ?? 0,
    summary: 'avg',
    features: setup.features ?? (() => Promise.resolve(new Map())),
    revision: setup.revision ?? (() => 0),
    observe: {
      forecast: () => undefined,
      trained: () => undefined,
      failed: (_, error) => failures.push(error),
    },
  })
  return {
    forecasts,
    store,
    failures,
    async close() {
      await forecasts.close()
      await store.close()
    },
  }
}

/** A fleet of which one history is known: watts with a daily cycle, at every step that is asked for. */
export function historicFleet(wattsAt: (time: Date) => number | null): FleetReader {
  const nobody = () => Promise.reject(new Error('only histories are known'))
  return {
    now: nobody,
    names: nobody,
    during({ range }) {
      const { start, end, stepSeconds } = range
      const count = Math.round((end.getTime() - start.getTime()) / 1000 / stepSeconds) + 1
      const results = Array.from({ length: count }, (_, step) =>
        wattsAt(new Date(start.getTime() + step * stepSeconds * 1000)),
      )
      return Promise.resolve({ results, heard: [], clusters: [], warnings: [] } as never)
    },
  } as Partial<FleetReader> as FleetReader
}

/** A cycle of a day, and what looks like chance. */
export function dailyWatts(time: Date): number {
  const hour = time.getTime() / 3_600_000
  return 500 + 100 * Math.sin((2 * Math.PI * hour) / 24) + 20 * Math.sin(hour * hour)
}
