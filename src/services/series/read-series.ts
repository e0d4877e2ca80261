import type { Label } from '../../catalogue/entities.ts'
import { withoutUnitJumps } from '../../analysis/power/series-plausibility.ts'
import type { Measure } from '../../catalogue/measures.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { FleetQuestion, FleetReader, NodeNames } from '../fleet/index.ts'
import {
  gapWarnings,
  type ReadingSeries,
  type Summary,
  type Telemetry,
} from '../telemetry/index.ts'
import { THINGS, type Grouped, type Metric } from './metric-list.ts'

/** What reading needs. */
export interface SeriesNeeds {
  readonly telemetry: Telemetry
  readonly fleet: Pick<FleetReader, 'names'>
}

/** Which clusters are asked, and for whom. */
export type SeriesAsked = Omit<FleetQuestion, 'workloads'>

/** One measure of all things of one kind over a window. */
export interface SeriesQuestion {
  readonly metric: Measure
  readonly entity: Grouped
  /** A label that is needed beside those that tell the things apart. */
  readonly by: string
  /** More labels that the rows have to carry. */
  readonly also?: readonly Label[]
  readonly range: TimeRange
  /** How the samples between two points become one. Default `avg`. */
  readonly summary?: Summary
  /** How far back a point looks, where that is not the step; see `HistoryQuestion`. */
  readonly sampleSeconds?: number
  /** Nobody asks it again: what is read is not kept. */
  readonly once?: boolean
}

/** The series of all things, with the names of nodes that their clusters use. */
export async function readSeries(
  { telemetry, fleet }: SeriesNeeds,
  asked: SeriesAsked,
  {
    metric,
    entity,
    by,
    also = [],
    range,
    summary = 'avg',
    once = false,
    sampleSeconds,
  }: SeriesQuestion,
): Promise<Answer<ReadingSeries>> {
  const { clusters, signal } = asked
  const [names, found] = await Promise.all([
    fleet.names(asked),
    telemetry.history({
      entity,
      labels: [...new Set([...withLabel(THINGS[entity], by), ...also])] as [Label, ...Label[]],
      measure: metric,
      summary,
      clusters,
      range,
      signal,
      once,
      sampleSeconds,
    }),
  ])
  const measured = found.rows.map((row) => ({ ...row, measure: metric }))
  const read = isSteady(metric) ? withoutUnitJumps(measured) : { rows: measured, warnings: [] }
  const rows = read.rows.map((row) => renamed(row, names))
  const { warnings, ...account } = combine([found, names])
  const told = [...warnings, ...read.warnings, ...gapsIn(rows, { metric, entity })]
  return { rows, ...account, warnings: told }
}

/** What never changes a thousandfold by itself, as traffic and speeds do. */
const isSteady = (metric: Measure): boolean => /_(?:watts|celsius)$/.test(metric)

/** Things that come and go leave gaps; those that stay should not. */
const STAYING: ReadonlySet<Grouped> = new Set(['gpu', 'npu', 'node', 'bmc', 'facility'])

const gapsIn = (
  rows: readonly ReadingSeries[],
  { metric, entity }: Pick<SeriesQuestion, 'metric' | 'entity'>,
) => (STAYING.has(entity) ? gapWarnings({ measure: metric, entity, rows }) : [])

/** The same things as they are now: series of one value. */
export async function readNow(
  { telemetry, fleet }: SeriesNeeds,
  asked: SeriesAsked,
  { metric, entity, by }: Pick<SeriesQuestion, 'entity' | 'by'> & { readonly metric: Metric },
): Promise<Answer<ReadingSeries>> {
  const [names, found] = await Promise.all([
    fleet.names(asked),
    telemetry.latest({
      entity,
      labels: withLabel(THINGS[entity], by),
      measures: [metric],
      clusters: asked.clusters,
      at: asked.at,
      signal: asked.signal,
      shelf: 'realtime',
    }),
  ])
  const rows = found.rows.map(({ values, ...row }) =>
    renamed({ ...row, values: [values[metric] ?? null] }, names),
  )
  return { rows, ...combine([found, names]) }
}

type Labels = readonly [Label, ...Label[]]

function withLabel(labels: Labels, by: string): Labels {
  if (by === 'cluster' || by === 'vendor' || (labels as readonly string[]).includes(by))
    return labels
  // It stands in the list of groupings, which are labels but for these two.
  return [...labels, by as Label]
}

function renamed(row: ReadingSeries, names: NodeNames): ReadingSeries {
  const { node } = row.labels
  if (node === undefined) return row
  return { ...row, labels: { ...row.labels, node: names.nodeName(row.cluster, node) } }
}
