import { budgetPeriod, projected } from '../../analysis/alerts/budget-period.ts'
import type { BudgetCondition } from '../../analysis/alerts/rule.ts'
import { groupKey } from '../../analysis/alerts/state.ts'
import type { CostWindow } from '../costs/index.ts'
import { sharesOf, unitOf } from './budget-shares.ts'
import type { FigureGroup, FigureRead } from './figure.ts'
import type { ReadNeeds, RuleAsked } from './asked.ts'
import { spentIn } from './spending.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** What a budget had come to at each step of the past. */
export async function readBudgetHistory(
  { costs }: ReadNeeds,
  condition: BudgetCondition,
  { grid, at, signal }: RuleAsked,
): Promise<FigureRead> {
  const times = Array.from({ length: grid.steps }, (_, step) =>
    wholeMinute(grid.startMs + step * grid.stepMs),
  )
  const [first = grid.startMs] = times
  const start = budgetPeriod(condition, new Date(first)).start
  const end = new Date(times.at(-1) ?? first)
  const window = await costs.of({
    clusters: undefined,
    at,
    signal,
    start,
    end,
    edges: edgesOf(condition, start, times),
    // Steps that do not end where an evaluation is would be shared out wrongly.
    stepSeconds: Math.max(60, Math.floor(grid.stepMs / MINUTE_MS) * 60),
    idle: 'separate',
    workloads: false,
  })
  const groups = [...piecesOf(window, condition)].map(([key, { labels, amounts }]): FigureGroup => {
    const buckets = bucketsOf(window, amounts)
    return { key, labels, values: times.map((time) => valueAt(buckets, condition, time)) }
  })
  const { clusters, warnings, currency } = window
  return { groups, clusters, warnings, unit: unitOf(condition, currency) }
}

const wholeMinute = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS

/** A bucket ends at each time, and where a period does: the first holds what was spent before the window. */
function edgesOf(
  condition: BudgetCondition,
  start: Date,
  times: readonly number[],
): readonly Date[] {
  const begins = times.map((time) => budgetPeriod(condition, new Date(time)).start.getTime())
  const last = times.at(-1) ?? start.getTime()
  const all = new Set([start.getTime(), ...begins, ...times].filter((time) => time < last))
  return [...all]
    .filter((time) => time >= start.getTime())
    .sort((a, b) => a - b)
    .map((time) => new Date(time))
}

interface Bucket {
  readonly from: number
  readonly until: number
  readonly amount: number | null
}

function bucketsOf({ edges, end }: CostWindow, amounts: Piece['amounts']): readonly Bucket[] {
  return edges.map((edge, index) => ({
    from: edge.getTime(),
    until: (edges[index + 1] ?? end).getTime(),
    amount: amounts[index] ?? null,
  }))
}

interface Piece {
  readonly labels: FigureGroup['labels']
  /** What was spent in each bucket. */
  readonly amounts: readonly (number | null)[]
}

function piecesOf(window: CostWindow, condition: BudgetCondition): ReadonlyMap<string, Piece> {
  const names = window.costings.map(({ cluster }) => cluster)
  const buckets = window.edges.map((_, bucket) => {
    const byCluster = new Map(names.map((name) => [name, spentIn(window, name, bucket)] as const))
    return new Map(
      sharesOf(condition, { byCluster }).map(([labels, spent]) => [
        groupKey(labels),
        { labels, amount: spent[condition.of] },
      ]),
    )
  })
  const labels = new Map(
    buckets.flatMap((each) => [...each].map(([key, one]) => [key, one.labels])),
  )
  return new Map(
    [...labels].map(([key, own]) => [
      key,
      { labels: own, amounts: buckets.map((each) => each.get(key)?.amount ?? null) },
    ]),
  )
}

/** What had been spent of the period of a time, or was to be at the mean of the day before. */
function valueAt(
  buckets: readonly Bucket[],
  condition: BudgetCondition,
  time: number,
): number | null {
  const now = new Date(time)
  const period = budgetPeriod(condition, now)
  const spent = sumOf(buckets, { from: period.start.getTime(), until: time })
  if (condition.basis === 'spent' || spent === null) return spent
  const day = { from: time - DAY_MS, until: time }
  const seconds =
    inside(buckets, day).reduce((sum, { from, until }) => sum + until - from, 0) / 1000
  const perSecond = seconds === 0 ? 0 : (sumOf(buckets, day) ?? 0) / seconds
  return projected(spent, { perSecond, now, period })
}

type Stretch = Omit<Bucket, 'amount'>

const inside = (buckets: readonly Bucket[], { from, until }: Stretch): readonly Bucket[] =>
  buckets.filter((each) => each.from >= from && each.until <= until)

/** Null where a part of it is not known. */
function sumOf(buckets: readonly Bucket[], stretch: Stretch): number | null {
  return inside(buckets, stretch).reduce<number | null>(
    (sum, { amount }) => (sum === null || amount === null ? null : sum + amount),
    0,
  )
}
