import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import { breakDown } from '../../analysis/power/breakdown.ts'
import type { Breakdown, BreakdownBy, PowerAccount } from '../../analysis/power/figures.ts'
import type { Finding } from '../../analysis/power/findings.ts'
import type { IdlePolicy } from '../../analysis/power/input.ts'
import type { Moment } from './assemble.ts'
import type { FleetDetail } from './parts.ts'

/** By what power is told apart, and who pays for what is idle. */
export interface BreakdownQuestion {
  readonly by: BreakdownBy
  readonly idle: IdlePolicy
}

const OF_WORKLOADS: ReadonlySet<BreakdownBy> = new Set(['namespace', 'pod', 'workload_type'])

/** Whether a breakdown needs to know who uses the watts. */
export const needsWorkloads = (by: BreakdownBy): boolean => OF_WORKLOADS.has(by)

/** What a breakdown needs to know of workloads beside what they use. */
export const detailsOf = ({ by, idle }: BreakdownQuestion): readonly FleetDetail[] => [
  ...(by === 'workload_type' ? (['types'] as const) : []),
  ...(idle === 'reserved' ? (['reserved'] as const) : []),
]

/** One moment by one dimension. */
export function breakdownOf(
  moment: Moment,
  { by, idle }: BreakdownQuestion,
): {
  readonly breakdown: Breakdown
  readonly account: PowerAccount
  readonly findings: readonly Finding[]
} {
  const account = accountPower(moment.input)
  const { portions, findings } = attributePower(account, moment.uses, idle)
  return {
    breakdown: breakDown(portions, by, moment.typeOf),
    account,
    findings: [...account.findings, ...findings],
  }
}
