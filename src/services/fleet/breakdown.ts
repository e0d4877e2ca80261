import { breakDown } from '../../analysis/power/breakdown.ts'
import type {
  Breakdown,
  BreakdownBy,
  Portion,
  PowerAccount,
  ResourceType,
} from '../../analysis/power/figures.ts'
import type { Finding } from '../../analysis/power/findings.ts'
import type { IdlePolicy } from '../../analysis/power/input.ts'
import { accountOf } from './account.ts'
import type { Moment } from './assemble.ts'
import type { FleetDetail } from './parts.ts'

/** By what power is told apart, and who pays for what is idle. */
export interface BreakdownQuestion {
  readonly by: BreakdownBy
  readonly idle: IdlePolicy
  /** Which components it is of; all without it. */
  readonly resourceType?: ResourceChoice
  /** Which portions it is of; all without it. */
  readonly only?: ((portion: Portion) => boolean) | undefined
}

/** Which components a breakdown can be of. */
export const RESOURCE_CHOICES = {
  all: ['cpu', 'dram', 'gpu', 'npu', 'other'],
  accelerators: ['gpu', 'npu'],
  infrastructure: ['cpu', 'dram', 'other'],
  cpu: ['cpu'],
  dram: ['dram'],
  gpu: ['gpu'],
  npu: ['npu'],
  other: ['other'],
} as const satisfies Readonly<Record<string, readonly ResourceType[]>>

export type ResourceChoice = keyof typeof RESOURCE_CHOICES

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
  { by, idle, resourceType = 'all', only = () => true }: BreakdownQuestion,
): {
  readonly breakdown: Breakdown
  readonly account: PowerAccount
  readonly findings: readonly Finding[]
} {
  const { account, portions, findings } = accountOf(moment, { workloads: true, idle })
  const chosen: readonly ResourceType[] = RESOURCE_CHOICES[resourceType]
  const own = portions.filter((portion) => chosen.includes(portion.resource_type) && only(portion))
  return {
    breakdown: breakDown(own, by, moment.typeOf),
    account,
    findings,
  }
}
