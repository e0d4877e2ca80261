import type { Answer } from '../../kernel/answer.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { Telemetry } from '../telemetry/index.ts'

/** What the reads of workloads need. */
export interface Needs {
  readonly telemetry: Telemetry
  readonly fleet: FleetReader
}

/** What every question carries. */
export interface Asked {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
}

/** Who was asked for an answer, and what is missing from it. */
export type Account = Pick<Answer<unknown>, 'clusters' | 'warnings'>
