import type { Kind } from '../kernel/kind.ts'
import { DEVICE_MEASURES } from './measures/devices.ts'
import { MACHINE_MEASURES } from './measures/machines.ts'
import type { MeasureSpec } from './measures/measure.ts'
import { NODE_MEASURES } from './measures/nodes.ts'
import { SERVER_MEASURES } from './measures/servers.ts'
import { WORKLOAD_MEASURES } from './measures/workloads.ts'

/** Every measure we know. A key is the JSON field, the CSV header and the Parquet column. */
export const MEASURES = {
  ...DEVICE_MEASURES,
  ...NODE_MEASURES,
  ...WORKLOAD_MEASURES,
  ...MACHINE_MEASURES,
  ...SERVER_MEASURES,
} as const satisfies Readonly<Record<string, MeasureSpec>>

export type Measure = keyof typeof MEASURES
export type DimensionOf<M extends Measure> = (typeof MEASURES)[M]['dimension']
export type MeasuresOfKind<K extends Kind> = {
  [M in Measure]: (typeof MEASURES)[M]['kind'] extends K ? M : never
}[Measure]
/** What has a value now. */
export type Gauge = MeasuresOfKind<'gauge'>
