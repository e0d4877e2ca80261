import { chargedTogether, printCosts } from '../../analysis/cost/printed.ts'
import { combine, isComplete, type Answer } from '../../kernel/answer.ts'
import type { CostReader, CostWindow } from '../costs/index.ts'

/** What a cluster used in a window. */
export interface Spent {
  readonly energy_kwh: number
  readonly cost: number
  readonly carbon_kg: number | null
  /** How many seconds of the window its power is known of. */
  readonly coveredSeconds: number
}

export interface Spending extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly byCluster: ReadonlyMap<string, Spent>
  readonly currency: string
  /** Until when it was read. */
  readonly end: Date
}

export interface SpendingAsked {
  readonly start: Date
  readonly end: Date
  readonly at: Date
  readonly signal: AbortSignal
}

/** What was used from a time on, remembering what is over: of a long period only its last hour is read again. */
export type SpendingReader = (asked: SpendingAsked) => Promise<Spending>

interface Remembered {
  readonly until: number
  readonly spending: Spending
}

const HOUR_MS = 3_600_000
/** What is read at a time of a long period. */
const PIECE_MS = 6 * HOUR_MS
/** What is younger may not have been scraped. */
const SETTLING_MS = 600_000
const MOST_REMEMBERED = 200
/** An answer serves for so long. */
const FRESH_MS = 300_000

/** A reader that remembers the whole hours of each period that every cluster answered. */
export function createSpendingReader(costs: Pick<CostReader, 'of'>): SpendingReader {
  const remembered = new Map<number, Remembered>()
  const latest = new Map<number, { readonly at: number; readonly spending: Spending }>()
  const read = async (asked: SpendingAsked): Promise<Spending> => {
    const start = asked.start.getTime()
    const old = remembered.get(start) ?? { until: start, spending: NOTHING }
    const settled = Math.floor((asked.end.getTime() - SETTLING_MS) / HOUR_MS) * HOUR_MS
    let known = old
    while (known.until < settled) {
      const next = await grown(costs, known, { asked, settled })
      if (next === null) break
      known = next
      // Also what an evaluation had no time to finish is not read again.
      remembered.set(start, known)
      forget(remembered)
    }
    const rest = await readWindow(costs, { ...asked, start: new Date(known.until) })
    return { ...added(known.spending, rest), end: asked.end }
  }
  return async (asked) => {
    const [start, end] = [asked.start.getTime(), asked.end.getTime()]
    const last = latest.get(start)
    if (last !== undefined && end >= last.at && end - last.at < FRESH_MS) return last.spending
    const spending = await read(asked)
    latest.set(start, { at: end, spending })
    forget(latest)
    return spending
  }
}

function forget(memory: Map<number, unknown>): void {
  const [oldest] = memory.keys()
  if (memory.size > MOST_REMEMBERED && oldest !== undefined) memory.delete(oldest)
}

interface Growing {
  readonly asked: SpendingAsked
  readonly settled: number
}

/** The same up to a later hour; null when somebody did not answer: then it is asked again the next time. */
async function grown(
  costs: Pick<CostReader, 'of'>,
  old: Remembered,
  { asked, settled }: Growing,
): Promise<Remembered | null> {
  const until = Math.min(settled, old.until + PIECE_MS)
  const end = new Date(until)
  const more = await readWindow(costs, { ...asked, start: new Date(old.until), end })
  return isComplete(more) ? { until, spending: added(old.spending, more) } : null
}

const NOTHING: Spending = {
  byCluster: new Map(),
  currency: '',
  end: new Date(0),
  clusters: [],
  warnings: [],
}

async function readWindow(
  costs: Pick<CostReader, 'of'>,
  { start, end, ...asked }: SpendingAsked,
): Promise<Spending> {
  if (end.getTime() - start.getTime() < 60_000) return NOTHING
  const question = { ...asked, start, end, clusters: undefined, idle: 'separate' } as const
  const window = await costs.of({ ...question, workloads: false })
  const { clusters, warnings, currency } = window
  const byCluster = new Map(
    window.costings.map(({ cluster }) => [cluster, spentIn(window, cluster)] as const),
  )
  return { byCluster, currency, end, clusters, warnings }
}

/** What a cluster used in a window that was costed. */
export function spentIn(
  { entries, costings }: Pick<CostWindow, 'entries' | 'costings'>,
  cluster: string,
  bucket?: number,
): Spent {
  const own = entries.filter(
    (entry) => entry.cluster === cluster && (bucket === undefined || entry.bucket === bucket),
  )
  const { total } = printCosts([chargedTogether(own)])
  const costing = costings.find((each) => each.cluster === cluster)
  return {
    energy_kwh: total.energy_kwh,
    cost: total.cost,
    carbon_kg: total.carbon_kg,
    coveredSeconds: costing?.coveredSeconds ?? 0,
  }
}

function added(a: Spending, b: Spending): Spending {
  const names = new Set([...a.byCluster.keys(), ...b.byCluster.keys()])
  const byCluster = new Map(
    [...names].map((name) => [name, plus(a.byCluster.get(name), b.byCluster.get(name))] as const),
  )
  const currency = b.currency === '' ? a.currency : b.currency
  return { byCluster, currency, end: b.end, ...combine([a, b]) }
}

const NONE: Spent = { energy_kwh: 0, cost: 0, carbon_kg: 0, coveredSeconds: 0 }

/** Two parts of one window, or what two clusters used. Carbon that is not known of one is not known of both. */
export function plus(a: Spent = NONE, b: Spent = NONE): Spent {
  return {
    energy_kwh: a.energy_kwh + b.energy_kwh,
    cost: a.cost + b.cost,
    carbon_kg: a.carbon_kg === null || b.carbon_kg === null ? null : a.carbon_kg + b.carbon_kg,
    coveredSeconds: a.coveredSeconds + b.coveredSeconds,
  }
}
