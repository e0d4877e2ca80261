import type { PeriodRequest } from '../../analysis/report/period.ts'
import type { CostSection, ReportFigures } from '../../analysis/report/report.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { Telemetry } from '../telemetry/index.ts'

/** What a report is asked for. */
export interface ReportQuestion extends PeriodRequest {
  /** The clusters to ask; all when left out. */
  readonly clusters: readonly string[] | undefined
  /** `deny` refuses a report that lacks the part of a cluster. */
  readonly partial: 'allow' | 'deny'
  readonly signal: AbortSignal
}

/** What the energy of a report cost; null where the operator has not said how to reckon it. */
export type CostOf = (
  figures: Omit<ReportFigures, 'cost'>,
  question: Pick<ReportQuestion, 'clusters' | 'signal'>,
) => Promise<CostSection | null>

/** What the reads need. */
export interface ReadNeeds {
  readonly fleet: FleetReader
  readonly telemetry: Telemetry
  /** What PUE is assumed to be where nobody measures it. */
  readonly assumedPue: number | null
  readonly costOf?: CostOf | undefined
}
