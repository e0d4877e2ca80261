import type { Now } from '../../kernel/clock.ts'
import type { Scopes } from '../../services/clusters/index.ts'
import type { FleetQuestion, FleetReader } from '../../services/fleet/index.ts'
import type { Jobs } from '../../services/jobs/index.ts'
import type { Reports } from '../../services/reports/index.ts'
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
  readonly reports: Reports
  /** Who may see what: a file goes on as what its owner saw, whoever takes its bytes. */
  readonly scopes: Scopes
  readonly exports: { readonly limits: ExportLimits }
  readonly jobs: Jobs
  readonly version: { readonly version: string }
  /** Whether the data come from the built-in simulator. */
  readonly simulated: boolean
}
