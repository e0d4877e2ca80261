import { budgetPeriod, projected } from '../../analysis/alerts/budget-period.ts'
import type { BudgetCondition } from '../../analysis/alerts/rule.ts'
import { groupKey } from '../../analysis/alerts/state.ts'
import { combine } from '../../kernel/answer.ts'
import { isBackendError } from '../../kernel/errors.ts'
import { readBudgetHistory } from './budget-history.ts'
import { sharesOf, unitOf } from './budget-shares.ts'
import type { FigureGroup, FigureRead } from './figure.ts'
import type { ReadNeeds, RuleAsked } from './asked.ts'
import type { Spending, Spent } from './spending.ts'

/** Where a projection takes its pace from. */
const PACE_SECONDS = 86_400
const MINUTE_MS = 60_000
/** Less of a period is known than is told apart from all of it. */
const WHOLE = 0.99

/** What a budget has come to, or will, cluster by cluster or altogether. */
export async function readBudget(
  needs: ReadNeeds,
  condition: BudgetCondition,
  asked: RuleAsked,
): Promise<FigureRead> {
  if (asked.grid.steps > 1) return readBudgetHistory(needs, condition, asked)
  try {
    return await budgetNow(needs, condition, asked)
  } catch (error) {
    asked.signal.throwIfAborted()
    if (!isBackendError(error)) throw error
    const silent = needs.clusters().map((name) => ({ name, status: 'unreachable' }) as const)
    return { groups: [], clusters: silent, warnings: [], unit: null }
  }
}

async function budgetNow(
  { spending }: ReadNeeds,
  condition: BudgetCondition,
  { grid, at, signal }: RuleAsked,
): Promise<FigureRead> {
  const end = new Date(Math.floor(grid.startMs / MINUTE_MS) * MINUTE_MS)
  const period = budgetPeriod(condition, end)
  const asked = { end, at, signal }
  const spent = await spending({ ...asked, start: period.start })
  const paceStart = new Date(end.getTime() - PACE_SECONDS * 1000)
  const isProjected = condition.basis === 'projected'
  // The pace of a day begins on the hour, so that what is over of it is remembered for an hour.
  const pace = isProjected ? await spending({ ...asked, start: wholeHour(paceStart) }) : null
  const elapsed = (spent.end.getTime() - period.start.getTime()) / 1000
  const groups = sharesOf(condition, spent).map(([labels, now]) => {
    const figure = now[condition.of]
    const perSecond = pace === null ? 0 : paceOf(condition, labels, pace)
    const value = figure === null ? null : projected(figure, { perSecond, now: spent.end, period })
    return groupOf(labels, {
      value: isProjected ? value : figure,
      elapsed,
      spent: now,
      isProjected,
    })
  })
  const account = pace === null ? spent : { ...spent, ...combine([spent, pace]) }
  return { ...account, groups, unit: unitOf(condition, spent.currency) }
}

const wholeHour = (time: Date): Date => new Date(Math.floor(time.getTime() / 3_600_000) * 3_600_000)

function paceOf(condition: BudgetCondition, labels: FigureGroup['labels'], pace: Spending): number {
  const key = groupKey(labels)
  const own = sharesOf(condition, pace).find(([each]) => groupKey(each) === key)?.[1]
  const used = own?.[condition.of] ?? 0
  return own === undefined || own.coveredSeconds === 0 ? 0 : used / own.coveredSeconds
}

interface Budgeted {
  readonly value: number | null
  readonly elapsed: number
  readonly spent: Spent
  readonly isProjected: boolean
}

function groupOf(
  labels: FigureGroup['labels'],
  { value, elapsed, spent, isProjected }: Budgeted,
): FigureGroup {
  const known = elapsed <= 0 ? 1 : spent.coveredSeconds / elapsed
  const problem =
    value === null
      ? 'it is not known of all energy'
      : known < WHOLE
        ? `only ${Math.floor(known * 100)} % of the period so far is known`
        : null
  // What is known has been spent, whatever else there was.
  const about = isProjected ? { note: 'at the mean of the last 24 h' } : { isAtLeast: true }
  return { key: groupKey(labels), labels, values: [value], problems: [problem], about }
}
