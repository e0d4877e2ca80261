import { parseDuration } from '../../kernel/time-range.ts'

export const SEVERITIES = ['info', 'warning', 'critical'] as const
export const AGGREGATES = ['sum', 'avg', 'min', 'max', 'count'] as const
export const QUALITY_CHECKS = [
  'coverage',
  'cluster_silent',
  'stale_data',
  'implausible_values',
  'silent_entities',
  'inconsistent_sources',
  'bmc_unreachable',
  'unmatched_names',
] as const
export const BUDGET_FIGURES = ['energy_kwh', 'cost', 'carbon_kg'] as const
export const BUDGET_PERIODS = ['day', 'month'] as const
export const DIRECTIONS = ['up', 'down', 'either'] as const

type Word<List extends readonly string[]> = List[number]

/** Canonical series, and how they are made one figure for each group. */
export interface MetricFigure {
  readonly metric: string
  /** Only series that have these values of labels. */
  readonly where: Readonly<Record<string, readonly string[]>>
  readonly aggregate: Word<typeof AGGREGATES>
  /** The labels of a group; null for each series by itself. */
  readonly by: readonly string[] | null
}

/** A query of canonical series, of which each series is a group. */
export interface QueryFigure {
  readonly query: string
}

export type Figure = MetricFigure | QueryFigure

export interface ThresholdCondition {
  readonly kind: 'threshold'
  readonly figure: Figure
  readonly above: number | null
  readonly below: number | null
  /** The level at which it ends; null for the threshold itself. */
  readonly clear: number | null
}

/** What reported and does not any more. */
export interface AbsenceCondition {
  readonly kind: 'absence'
  readonly figure: MetricFigure
}

export interface ChangeCondition {
  readonly kind: 'change'
  readonly figure: Figure
  readonly window: string
  readonly direction: Word<typeof DIRECTIONS>
  readonly percent: number | null
  readonly amount: number | null
}

export interface QualityCondition {
  readonly kind: 'quality'
  readonly check: Word<typeof QUALITY_CHECKS>
  /** The metric whose reading is looked at. */
  readonly metric: string
  /** Of the check of coverage. */
  readonly below: number
  readonly clusters: readonly string[] | null
}

export interface BudgetCondition {
  readonly kind: 'budget'
  readonly of: Word<typeof BUDGET_FIGURES>
  readonly period: Word<typeof BUDGET_PERIODS>
  readonly time_zone: string
  readonly amount: number
  /** At so many percent of the amount. */
  readonly percent: number
  readonly basis: 'spent' | 'projected'
  readonly clusters: readonly string[] | null
  readonly by: 'cluster' | 'fleet'
}

export type Condition =
  ThresholdCondition | AbsenceCondition | ChangeCondition | QualityCondition | BudgetCondition

/** What is watched, when it is told, and to whom. */
export interface RuleSpec {
  readonly name: string
  readonly description: string | null
  readonly enabled: boolean
  readonly severity: Word<typeof SEVERITIES>
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string | null
  readonly condition: Condition
  /** How long the condition has to hold. */
  readonly for: string
  /** How long it has to be over. */
  readonly keep_firing_for: string
  readonly least_coverage: number
  readonly no_data: NoDataRules
  readonly receivers: readonly string[]
}

export interface NoDataRules {
  readonly after: string
  readonly tell: boolean
  /** What is silent for so long is not waited for any more. */
  readonly forget_after: string
}

/** Seconds of a duration of a rule, which may be zero. */
export const durationOf = (text: string): number => parseDuration(text) ?? 0

/** Whether a change of a rule leaves what it has seen as good as it was. */
export function watchesTheSame(before: RuleSpec, after: RuleSpec): boolean {
  return JSON.stringify(before.condition) === JSON.stringify(after.condition)
}
