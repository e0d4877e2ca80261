import type { ClusterReport, Warning } from '../../kernel/answer.ts'
import type { Bucket } from './buckets.ts'
import type { LoadTally, TemperatureTally } from './condition-tally.ts'
import type { ReportPeriods, Template } from './period.ts'
import type { PowerTally } from './power-tally.ts'
import type { CostSection } from './report.ts'
import type { UseTallies } from './use-tally.ts'

/** What is read of one period for comparison. */
export interface PeriodEvidence {
  readonly buckets: readonly Bucket[]
  readonly power: PowerTally
  readonly loads: Readonly<Record<'gpu' | 'npu', LoadTally>>
  /** Watts of the facility, by the end of the step; nothing where a meter of it was silent. */
  readonly facility: ReadonlyMap<number, number>
  readonly facilitySources: ReadonlySet<string>
}

/** What is read of the period of the report. */
export interface WholeEvidence extends PeriodEvidence {
  readonly uses: UseTallies
  readonly temperatures: readonly TemperatureTally[]
  /** What boards are, by cluster and key. */
  readonly models: ReadonlyMap<string, string>
}

/** Everything that a report is composed of. */
export interface ReportEvidence {
  readonly template: Template
  readonly periods: ReportPeriods
  readonly current: WholeEvidence
  readonly previous: PeriodEvidence
  readonly clusters: readonly ClusterReport[]
  readonly warnings: readonly Warning[]
  /** What PUE is assumed to be where nobody measures it. */
  readonly assumedPue: number | null
  readonly cost: CostSection | null
}
