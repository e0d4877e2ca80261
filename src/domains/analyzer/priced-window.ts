import { numberOf } from '../../analysis/cost/decimal.ts'
import type { Observed, Shift, UnitPrice } from '../../analysis/workloads/recommendations.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { PriceReader, PricedUse, Prices } from '../../services/costs/index.ts'
import type { Points } from '../../services/workloads/index.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const JOULES_A_KWH = 3_600_000

interface Around {
  readonly at: Date
  readonly range?: TimeRange
  readonly signal: AbortSignal
}

/** What energy costs from the day before now, or the beginning of the window, until now. */
export function pricesAround(
  { costs }: { readonly costs: PriceReader },
  { at, range, signal }: Around,
  clusters: readonly string[],
): Promise<Prices> {
  const until = unixSeconds(range?.end ?? at)
  const from = Math.min(until - DAY, unixSeconds(range?.start ?? at))
  return costs.prices({ clusters, from, until, signal })
}

interface Window {
  readonly range: TimeRange
  readonly prices: Prices
  readonly clusters: readonly string[]
}

/** What the energy of a window costs, and what it would at another time. Nothing for work in several clusters. */
export function pricedWindow(watts: Points, window: Window): Pick<Observed, 'price' | 'shift'> {
  const { range, prices, clusters } = window
  const [cluster] = clusters
  if (cluster === undefined || clusters.length > 1) return { price: null, shift: null }
  const runs = runsOf(watts, range).map((run) => ({ ...run, cluster }))
  const joules = runs.reduce((sum, run) => sum + run.joules, 0)
  const spent = sumOf(runs.map((run) => prices.of(run)))
  return {
    price: joules > 0 ? unitPrice(spent, joules) : null,
    shift: shiftOf(runs, { cluster, prices, end: unixSeconds(range.end) }),
  }
}

interface Run {
  readonly joules: number
  readonly from: number
  readonly until: number
}

function runsOf(watts: Points, { start, stepSeconds }: TimeRange): readonly Run[] {
  return watts.flatMap((value, step) => {
    const from = unixSeconds(start) + step * stepSeconds
    return value === null || value === 0
      ? []
      : [{ joules: value * stepSeconds, from, until: from + stepSeconds }]
  })
}

interface Spent {
  readonly cost: number
  readonly carbonKg: number | null
  /** Whether all of it has a price. */
  readonly isPriced: boolean
}

function sumOf(uses: readonly PricedUse[]): Spent {
  return {
    cost: numberOf(uses.reduce((sum, { total }) => sum + total, 0n)),
    carbonKg: uses.some(({ carbonKg }) => carbonKg === null)
      ? null
      : numberOf(uses.reduce((sum, { carbonKg }) => sum + (carbonKg ?? 0n), 0n)),
    isPriced: uses.every(({ pricedShare }) => pricedShare === 1),
  }
}

function unitPrice({ cost, carbonKg, isPriced }: Spent, joules: number): UnitPrice | null {
  const kwh = joules / JOULES_A_KWH
  return isPriced
    ? { cost: cost / kwh, carbon_kg: carbonKg === null ? null : carbonKg / kwh }
    : null
}

interface Day {
  readonly cluster: string
  readonly prices: Prices
  readonly end: number
}

/** The energy of the last day in one piece, at each hour of that day at which it fits. */
function shiftOf(runs: readonly Run[], { cluster, prices, end }: Day): Shift | null {
  const own = runs.filter(({ from }) => from >= end - DAY)
  const seconds = own.reduce((sum, { from, until }) => sum + until - from, 0)
  const joules = own.reduce((sum, run) => sum + run.joules, 0)
  if (seconds === 0 || seconds > DAY - HOUR) return null
  const then = (from: number): Spent =>
    sumOf([prices.of({ cluster, joules, from, until: from + seconds })])
  const now = sumOf(own.map((run) => prices.of({ ...run, cluster })))
  const begins = Array.from(
    { length: Math.floor((DAY - seconds) / HOUR) + 1 },
    (_, hour) => Math.ceil((end - DAY) / HOUR) * HOUR + hour * HOUR,
  ).filter((from) => from + seconds <= end)
  const [best] = begins.map((from) => ({ from, ...then(from) })).sort(cheapestFirst)
  if (best === undefined || !now.isPriced || !best.isPriced) return null
  return {
    begin: new Date(best.from * 1000).toISOString(),
    hours: Math.round((seconds / HOUR) * 10) / 10,
    cost: now.cost,
    cost_then: best.cost,
    carbon_kg: now.carbonKg,
    carbon_kg_then: best.carbonKg,
  }
}

/** By carbon where the cost is the same at all hours. */
const cheapestFirst = (a: Spent, b: Spent): number =>
  a.cost === b.cost ? (a.carbonKg ?? 0) - (b.carbonKg ?? 0) : a.cost - b.cost
