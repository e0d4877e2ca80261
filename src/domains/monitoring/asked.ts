import type { Answer } from '../../kernel/answer.ts'
import type { FleetQuestion, FleetReader } from '../../services/fleet/index.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'

/** What every question carries. */
export type Asked = Omit<FleetQuestion, 'workloads'>

export interface Needs {
  readonly fleet: FleetReader
  readonly telemetry: Telemetry
  /** The constant that stands for a facility nobody measures; null when there is none. */
  readonly assumedPue: number | null
}

/** An outcome at the time of the question. */
export function outcome<Data>(
  { at }: Asked,
  { clusters, warnings }: Pick<Answer<unknown>, 'clusters' | 'warnings'>,
  data: Data,
) {
  return { data, observedAt: at, clusters, warnings }
}
