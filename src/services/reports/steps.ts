import { bucketsOf } from '../../analysis/report/buckets.ts'
import { periodsOf, type PeriodRequest } from '../../analysis/report/period.ts'

/** How many days, or weeks of a long period, a report reads. Rejects with `invalid_request` what no report can be. */
export function stepsOfReport(request: PeriodRequest, now: Date): number {
  const { period, previous } = periodsOf(request, now)
  return bucketsOf(period).length + bucketsOf(previous).length
}
