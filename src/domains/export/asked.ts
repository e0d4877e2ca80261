import type { Now } from '../../kernel/clock.ts'
import type { FleetQuestion, FleetReader } from '../../services/fleet/index.ts'
import type { Jobs } from '../../services/jobs/index.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'

/** Which clusters are asked, and for when. */
export type Asked = Pick<FleetQuestion, 'clusters' | 'at'>

/** What is allowed at once; more has to be asked for in parts, or made as a job. */
export interface ExportLimits {
  readonly rows: number
  readonly bytes: number
  /** How many exports are written at the same time. */
  readonly concurrent: number
  /** Of one that is made in the background. */
  readonly jobRows: number
  readonly jobBytes: number
}

export interface Needs {
  readonly fleet: FleetReader
  readonly telemetry: Telemetry
  readonly now: Now
  readonly exports: { readonly limits: ExportLimits }
  readonly jobs: Jobs
  readonly version: { readonly version: string }
  /** Whether the data come from the built-in simulator. */
  readonly simulated: boolean
}
