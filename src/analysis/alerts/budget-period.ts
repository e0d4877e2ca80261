import { localDate, localDay } from '../power/local-days.ts'
import { addMonths } from '../report/dates.ts'
import type { BudgetCondition } from './rule.ts'

/** A day or a month of a zone: `start` ≤ t < `end`. */
export interface BudgetPeriod {
  readonly start: Date
  readonly end: Date
}

/** The period that a time lies in. */
export function budgetPeriod(
  { period, time_zone: zone }: Pick<BudgetCondition, 'period' | 'time_zone'>,
  time: Date,
): BudgetPeriod {
  const today = localDate(time, zone)
  if (period === 'day') return localDay(today, zone)
  const first = `${today.slice(0, 7)}-01`
  return { start: localDay(first, zone).start, end: localDay(addMonths(first, 1), zone).start }
}

/** What a period will come to when it goes on as it lately did. */
export function projected(
  spent: number,
  {
    perSecond,
    now,
    period,
  }: { readonly perSecond: number; readonly now: Date; readonly period: BudgetPeriod },
): number {
  const seconds = Math.max(0, (period.end.getTime() - now.getTime()) / 1000)
  return spent + perSecond * seconds
}
