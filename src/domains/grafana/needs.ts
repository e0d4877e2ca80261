import type { ClusterRegistry, ClusterSpec } from '../../services/clusters/index.ts'
import type { CostReader } from '../../services/costs/index.ts'
import type { DataEvent, DataEvents } from '../../services/events/index.ts'
import type { FleetReader } from '../../services/fleet/index.ts'
import type { Forecasts } from '../../services/forecast/index.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'

/** What the figures are read by: what the routes of the API read them by. */
export interface Needs {
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'all' | 'health'>
  readonly fleet: FleetReader
  readonly telemetry: Telemetry
  readonly costs: CostReader
  readonly forecasts: Pick<Forecasts, 'power'>
  readonly events: DataEvents
  /** The alerts that touch a window. */
  readonly alertEpisodes: (start: Date, end: Date) => Promise<readonly DataEvent[]>
  readonly simulated: boolean
}
