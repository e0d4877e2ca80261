import { ApiError } from './api.ts'
import { showBreakdown, showConsumers } from './breakdown.ts'
import { powerChart } from './chart.ts'
import { byId, choiceOf } from './dom.ts'
import { heatMap } from './heat.ts'
import { MEASURES } from './heat-colours.ts'
import { watchPower, type LiveNeeds, type LiveState } from './live.ts'
import { showBudgets, showCost } from './money.ts'
import { oneOf } from './preferences.ts'
import {
  readAccelerators,
  readClusters,
  readCost,
  readForecast,
  readPods,
  readPolicies,
  readSeries,
  readUnmatched,
} from './readings.ts'
import { inTurn, repeated, type Repeated } from './repeat.ts'
import { text, type TextKey } from './texts.ts'
import { showAge, showTotal } from './total.ts'
import { showClusters, showTroubles } from './trouble.ts'
import type {
  Accelerator,
  Answer,
  Breakdown,
  Cluster,
  Forecast,
  HourlyCost,
  Meta,
  Policy,
  Power,
  PowerSeries,
  UnmatchedName,
} from './wire.ts'

/** What the page knows. Each part is as it was told last. */
interface Known {
  state: LiveState
  reading: string | null
  total: Answer<Power> | null
  rows: Answer<Breakdown> | null
  pods: Answer<Breakdown> | null
  devices: Answer<readonly Accelerator[]> | null
  cost: Answer<HourlyCost> | null
  series: Answer<PowerSeries> | null
  forecast: Answer<Forecast> | null
  policies: readonly Policy[] | null
  clusters: readonly Cluster[]
  unmatched: readonly UnmatchedName[]
  since: readonly (readonly [number, number | null])[]
}

const NOTHING: Known = {
  state: 'connecting',
  reading: null,
  total: null,
  rows: null,
  pods: null,
  devices: null,
  cost: null,
  series: null,
  forecast: null,
  policies: null,
  clusters: [],
  unmatched: [],
  since: [],
}

const SECOND = 1_000
const MOST_SINCE = 600
const HORIZON = { '1h': '30m', '6h': '3h', '24h': '12h' } as const

/** The whole page: reads all it shows, for as long as it is open. `redraw` puts it into new words and colours. */
export function dashboard(): { redraw(): void } {
  const known = { ...NOTHING }
  const parts = new Map<TextKey, string>()
  const views = viewsOf(known, parts)
  const lanes = { light: inTurn(), heavy: inTurn() }
  /** Reads one part of the page; what cannot be read is told, and the last known stays. */
  const part = (name: TextKey, seconds: number, read: () => Promise<void>): Repeated => {
    const reading = repeated(async () => {
      try {
        await lanes[HEAVY.has(name) ? 'heavy' : 'light'](read)
        parts.delete(name)
      } catch (error) {
        parts.set(name, reasonOf(error))
      }
      views.troubles()
      return Math.min(seconds, parts.has(name) ? AGAIN_SECONDS : seconds) * SECOND
    })
    reading.start()
    return reading
  }
  startParts(known, { part, views })
  const live = watchPower(heard(known, views), choiceOf('by').value)
  choiceOf('by').onchange = () => live.by(choiceOf('by').value)
  choiceOf('measure').onchange = () => views.devices()
  window.setInterval(() => known.total !== null && showAge(known.total), SECOND)
  return { redraw: () => views.all() }
}

/** What reads much history: one at a time, so that the server has a hand free for what is seen first. */
const HEAVY = new Set<TextKey>(['chart', 'costToday', 'forecast'])
/** How soon a part that could not be read is tried again. */
const AGAIN_SECONDS = 30

const reasonOf = (error: unknown): string =>
  error instanceof ApiError && error.status === null ? text('noAnswer') : messageOf(error)

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** What the stream tells, put where it belongs. */
const heard = (known: Known, views: Views): LiveNeeds => ({
  total(answer) {
    known.total = answer
    const at = Date.parse(answer.meta.observed_at) / SECOND
    const point = [at, answer.data.total_power_watts] as const
    known.since = [...known.since, point].slice(-MOST_SINCE)
    views.total()
  },
  rows(answer) {
    known.rows = answer
    views.rows()
  },
  state(state) {
    known.state = state
    views.state()
  },
  failed(reason) {
    known.reading = reason
    views.troubles()
  },
})

type Views = ReturnType<typeof viewsOf>

function viewsOf(known: Known, parts: ReadonlyMap<TextKey, string>) {
  const chart = powerChart()
  const heat = heatMap()
  const troubles = () => showTroubles({ ...known, metas: metasOf(known), parts: namesOf(parts) })
  const chartNow = () => chart.show({ ...known, reason: parts.get('forecast') ?? null })
  const views = {
    troubles,
    chart: chartNow,
    state() {
      byId('state').textContent = text(known.state)
      byId('state').dataset['state'] = known.state
    },
    total() {
      if (known.total !== null) showTotal(known.total)
      byId('simulated').hidden = known.total?.meta.simulated !== true
      if (known.policies !== null) showBudgets(known.policies, known.total)
      chartNow()
      troubles()
    },
    rows: () => known.rows !== null && showBreakdown(known.rows),
    pods: () => known.pods !== null && showConsumers(known.pods),
    cost: () => known.cost !== null && showCost(known.cost),
    clusters: () => known.clusters.length > 0 && showClusters(known.clusters),
    devices() {
      if (known.devices === null) return
      const { data, meta } = known.devices
      const measure = oneOf(MEASURES, choiceOf('measure').value) ?? MEASURES[0]
      heat.show({ devices: data, total: meta.page?.total ?? data.length, measure })
    },
    all() {
      for (const view of ['state', 'total', 'rows', 'pods', 'cost', 'clusters', 'devices'] as const) views[view]() // prettier-ignore
      chart.redraw()
      heat.redraw()
    },
  }
  return views
}

const metasOf = ({ total, rows, pods, devices, cost }: Known): readonly Meta[] =>
  [total, rows, pods, devices, cost].flatMap((answer) => answer?.meta ?? [])

const namesOf = (parts: ReadonlyMap<TextKey, string>): ReadonlyMap<string, string> =>
  new Map([...parts].map(([part, reason]) => [text(part), reason]))

interface Starting {
  readonly part: (name: TextKey, seconds: number, read: () => Promise<void>) => Repeated
  readonly views: Views
}

function startParts(known: Known, { part, views }: Starting): void {
  part('clusters', 20, async () => {
    known.clusters = (await readClusters()).data
    views.clusters()
  })
  part('unmatched_names', 120, async () => {
    known.unmatched = (await readUnmatched()).data
  })
  part('consumers', 20, async () => {
    known.pods = await readPods()
    views.pods()
  })
  part('heat', 20, async () => {
    known.devices = await readAccelerators()
    views.devices()
  })
  part('budgets', 60, async () => {
    known.policies = (await readPolicies()).data
    views.total()
  })
  startChart(known, { part, views })
}

function startChart(known: Known, { part, views }: Starting): void {
  const period = (): keyof typeof HORIZON => oneOf(['1h', '6h', '24h'], choiceOf('period').value) ?? '1h' // prettier-ignore
  const series = part('chart', 60, async () => {
    const asked = period()
    const answer = await readSeries(asked)
    if (asked !== period()) return
    known.series = answer
    views.chart()
  })
  part('costToday', 120, async () => {
    known.cost = await readCost()
    views.cost()
  })
  // A forecast is much work for the server and changes slowly.
  const forecast = part('forecast', 600, async () => {
    const asked = period()
    const answer = await readForecast(HORIZON[asked])
    if (asked !== period()) return
    known.forecast = answer
    views.chart()
  })
  choiceOf('period').onchange = () => {
    known.forecast = null
    series.start()
    forecast.start()
  }
}
