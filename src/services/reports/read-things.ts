import { stepsOf, type Bucket } from '../../analysis/report/buckets.ts'
import type { ThingSeries } from '../../analysis/report/condition-tally.ts'
import type { TemperatureMetric } from '../../analysis/report/report.ts'
import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Label } from '../../catalogue/entities.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { NodeNames } from '../fleet/index.ts'
import type { Reading, ReadingSeries, Telemetry } from '../telemetry/index.ts'

/** Which bucket of which clusters is read. */
export interface BucketQuestion {
  readonly bucket: Bucket
  /** All that the report reads, from the period before on. */
  readonly within: TimeRange
  readonly clusters: readonly string[] | undefined
  readonly signal: AbortSignal
}

const DEVICE = ['uuid', 'node', 'device_index'] as const

/** The temperatures there are, of what, and what tells the things from one another. */
export const TEMPERATURES = [
  { metric: 'gpu_temperature_celsius', entity: 'gpu', labels: DEVICE },
  { metric: 'memory_temperature_celsius', entity: 'gpu', labels: DEVICE },
  { metric: 'npu_temperature_celsius', entity: 'npu', labels: DEVICE },
  { metric: 'temperature_celsius', entity: 'bmc', labels: ['bmc', 'node', 'sensor_name'] },
] as const satisfies readonly {
  readonly metric: TemperatureMetric
  readonly entity: string
  readonly labels: NonEmpty<Label>
}[]

/** One measure of one kind of thing over a bucket. */
export interface ThingQuestion extends BucketQuestion {
  readonly measure: TemperatureMetric | 'gpu_utilization_percent' | 'npu_utilization_percent'
  readonly entity: 'gpu' | 'npu' | 'bmc'
  readonly labels: NonEmpty<Label>
  readonly summary: 'avg' | 'max'
}

/** A measure of all things of a kind in coarse steps, with the rows of one thing by several sources as one. */
export async function readThings(
  telemetry: Telemetry,
  { bucket, ...question }: ThingQuestion,
  names: NodeNames,
): Promise<{ readonly things: readonly ThingSeries[]; readonly account: Answer<ReadingSeries> }> {
  const account = await telemetry.history({
    ...question,
    range: stepsOf(bucket, bucket.coarseSeconds),
  })
  const rows = account.rows.map((row) => ({ row, key: keyOfThing(row, names) }))
  const groups = groupBy(rows, ({ row, key }) => keyOf(row.cluster, key))
  return { things: [...groups.values()].map((group) => thingOf(group, names)), account }
}

/** The UUID of a device, else node, vendor and index, as power accounting has it; of a sensor, where it is. */
export function keyOfThing(row: Omit<Reading, 'values'>, names: NodeNames): string {
  const { uuid, device_index: index, bmc, sensor_name: sensor } = row.labels
  if (uuid !== undefined) return uuid
  if (bmc !== undefined) return `${bmc} ${sensor ?? ''}`.trim()
  return [nodeOf(row, names) ?? '', row.vendor ?? '', index ?? ''].join(':')
}

function nodeOf({ cluster, labels }: Omit<Reading, 'values'>, names: NodeNames): string | null {
  const name = labels.node ?? labels.bmc
  return name === undefined ? null : names.nodeName(cluster, name)
}

interface Keyed {
  readonly row: ReadingSeries
  readonly key: string
}

function thingOf(group: readonly [Keyed, ...Keyed[]], names: NodeNames): ThingSeries {
  const [{ row, key }] = group
  const lines = group.map(({ row: { values } }) => values)
  return {
    cluster: row.cluster,
    node: nodeOf(row, names),
    key,
    device: row.labels.sensor_name ?? key,
    values: row.values.map(
      (value, step) => value ?? lines.find((line) => line[step] !== null)?.[step] ?? null,
    ),
  }
}
