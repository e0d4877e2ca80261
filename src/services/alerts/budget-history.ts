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
    edges: edgesOf(start, times),
    idle: 'separate',
    workloads: false,
  })
  const pieces = piecesOf(window, condition)
  const groups = [...pieces].map(([key, { labels, amounts }]): FigureGroup => ({
    key,
    labels,
    values: cumulated(amounts, condition, times),
  }))
  const { clusters, warnings, currency } = window
  return { groups, clusters, warnings, unit: unitOf(condition, currency) }
}

const wholeMinute = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS

/** A bucket ends at each time: the first holds what was spent before the window. */
function edgesOf(start: Date, times: readonly number[]): readonly Date[] {
  const later = times.slice(0, -1).filter((time) => time > start.getTime())
  return [start, ...later.map((time) => new Date(time))]
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

/** What had been spent of the period of each time, or was to be. */
function cumulated(
  amounts: Piece['amounts'],
  condition: BudgetCondition,
  times: readonly number[],
): readonly (number | null)[] {
  const offset = times.length - amounts.length
  let sum: number | null = 0
  let from: Date | null = null
  return times.map((time, step) => {
    const period = budgetPeriod(condition, new Date(time))
    const amount = step < offset ? 0 : (amounts[step - offset] ?? null)
    if (from !== null && period.start > from) sum = 0
    from = period.start
    sum = sum === null || amount === null ? null : sum + amount
    return comesTo(sum, condition, () => {
      const perSecond = paceAt(amounts, { step: step - offset, times, offset })
      return { perSecond, now: new Date(time), period }
    })
  })
}

function comesTo(
  sum: number | null,
  { basis }: BudgetCondition,
  pace: () => Parameters<typeof projected>[1],
): number | null {
  return basis === 'spent' || sum === null ? sum : projected(sum, pace())
}

interface At {
  readonly step: number
  readonly times: readonly number[]
  readonly offset: number
}

/** The mean of the last day, as far as the window reaches back. */
function paceAt(amounts: Piece['amounts'], { step, times, offset }: At): number {
  const end = times[step + offset] ?? 0
  let [sum, from] = [0, step]
  while (from > 0 && end - (times[from - 1 + offset] ?? 0) <= DAY_MS) {
    sum += amounts[from] ?? 0
    from -= 1
  }
  const seconds = (end - (times[from + offset] ?? end)) / 1000
  return seconds > 0 ? sum / seconds : 0
}
