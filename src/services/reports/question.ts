import type { PeriodRequest } from '../../analysis/report/period.ts'
import type { CostReader } from '../costs/index.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { Telemetry } from '../telemetry/index.ts'

/** What a report is asked for. */
export interface ReportQuestion extends PeriodRequest {
  /** The clusters to ask; all when left out. */
  readonly clusters: readonly string[] | undefined
  /** `deny` refuses a report that lacks the part of a cluster. */
  readonly partial: 'allow' | 'deny'
  readonly signal: AbortSignal
  /** Hears of each day that was read; see `stepsOfReport`. */
  readonly onStep?: (() => void) | undefined
}

/** What the reads need. */
export interface ReadNeeds {
  readonly fleet: FleetReader
  readonly telemetry: Telemetry
  readonly costs: CostReader
  /** What PUE is assumed to be where nobody measures it. */
  readonly assumedPue: number | null
}
