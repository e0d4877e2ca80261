import type { Label } from '../../catalogue/entities.ts'
import { MEASURES } from '../../catalogue/measures.ts'
import { compareText, distinct, groupBy, keyOf } from '../../analysis/power/group.ts'
import { sumKnown, sumOf } from '../../analysis/power/sum.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { resolveWindow, type TimeRange, type WindowRequest } from '../../kernel/time-range.ts'
import { baseUnitOf } from '../../kernel/units.ts'
import type { NodeNames } from '../../services/fleet/index.ts'
import type { ReadingSeries } from '../../services/telemetry/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import {
  GROUPINGS,
  isAdditive,
  METRICS,
  THINGS,
  type Aggregation,
  type Grouped,
  type Metric,
} from './metric-list.ts'
import { pointsOf } from './power-series.ts'
import type { SeriesRow } from './schemas.ts'

export interface MetricQuestion {
  readonly metric: Metric
  readonly entity: Grouped | undefined
  readonly aggregation: Aggregation
  readonly by: string
  readonly window: WindowRequest
}

/** One measure over a window, of groups of things. Rejects with `invalid_request` for what does not fit together. */
export async function metricSeries(needs: Needs, asked: Asked, question: MetricQuestion) {
  const { metric, aggregation, by } = question
  const range = resolveWindow(question.window, asked.at)
  const entity = entityOf(question)
  checkFit(question, entity)
  const read = await readSeries(needs, asked, { metric, entity, by, range })
  return outcome(asked, read, {
    ...frameOf(metric, range),
    aggregation,
    by,
    series: groupedSeries(read.rows, { metric, aggregation, by, range }),
  })
}

/** What every answer with series of one measure begins with. */
export function frameOf(metric: Metric, { start, end, stepSeconds }: TimeRange) {
  const unit = baseUnitOf(MEASURES[metric].dimension)
  return { metric, unit, start, end, step_seconds: stepSeconds }
}

function entityOf({ metric, entity }: MetricQuestion): Grouped {
  const having: readonly Grouped[] = METRICS[metric]
  const [usual] = METRICS[metric]
  if (entity === undefined) return usual
  if (having.includes(entity)) return entity
  throw invalidRequest('/query/entity', `must be one of ${having.join(', ')} for ${metric}`)
}

function checkFit({ metric, aggregation, by }: MetricQuestion, entity: Grouped): void {
  const groupings: readonly string[] = GROUPINGS[entity]
  if (!groupings.includes(by))
    throw invalidRequest('/query/by', `must be one of ${groupings.join(', ')} for ${entity}`)
  if (aggregation === 'sum' && !isAdditive(metric))
    throw invalidRequest('/query/aggregation', `must not be sum: ${metric} cannot be added`)
}

interface Read {
  readonly metric: Metric
  readonly entity: Grouped
  readonly by: string
  readonly range: TimeRange
}

/** The series of all things, with the names of nodes that their clusters use. */
export async function readSeries(
  { telemetry, fleet }: Needs,
  asked: Asked,
  { metric, entity, by, range }: Read,
): Promise<Answer<ReadingSeries>> {
  const { clusters, signal } = asked
  const [names, found] = await Promise.all([
    fleet.names(asked),
    telemetry.history({
      entity,
      labels: withLabel(THINGS[entity], by),
      measure: metric,
      summary: 'avg',
      clusters,
      range,
      signal,
    }),
  ])
  const rows = found.rows.map((row) => renamed(row, names))
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

type Points = readonly (number | null)[]

interface Grouping {
  readonly metric: Metric
  readonly aggregation: Aggregation
  readonly by: string
  readonly range: TimeRange
}

/** One series for each group of things. A thing that several sources or parts report counts once. */
export function groupedSeries(
  rows: readonly ReadingSeries[],
  { metric, aggregation, by, range }: Grouping,
): SeriesRow[] {
  const things = [...groupBy(rows, thingKey).values()].map((group) => thingOf(group, metric))
  const named = things.flatMap((thing) => {
    const name = nameOf(thing.row, by)
    return name === undefined ? [] : [{ ...thing, name }]
  })
  const groups = groupBy(named, ({ row, name }) => keyOf(row.cluster, name))
  return [...groups.values()]
    .map((group) => ({
      key: keyOfGroup(group[0].row.cluster, by, group[0].name),
      points: pointsOf(
        aggregated(
          group.map(({ values }) => values),
          aggregation,
        ),
        range,
      ),
      sources: [...distinct(group.map(({ row }) => row.source))],
    }))
    .sort((a, b) => compareText(keyOf(...Object.values(a.key)), keyOf(...Object.values(b.key))))
}

const keyOfGroup = (cluster: string, by: string, name: string): Record<string, string> =>
  by === 'cluster' ? { cluster } : { cluster, [by]: name }

function thingKey({ cluster, vendor, labels }: ReadingSeries): string {
  const { partition_id: _part, model: _model, uuid, ...place } = labels
  if (uuid !== undefined) return keyOf(cluster, uuid)
  return keyOf(cluster, vendor, ...Object.entries(place).sort().flat())
}

function nameOf({ cluster, vendor, labels }: ReadingSeries, by: string): string | undefined {
  if (by === 'cluster') return cluster
  return by === 'vendor' ? (vendor ?? undefined) : labels[by as Label]
}

interface Thing {
  readonly row: ReadingSeries
  readonly values: Points
}

/** The row of the thing itself, of its first source; of a thing that only its parts report, what they make. */
function thingOf(group: readonly [ReadingSeries, ...ReadingSeries[]], metric: Metric): Thing {
  const whole = group.filter(({ labels }) => labels.partition_id === undefined)
  const [row = group[0]] = whole
  const parts = group.filter(
    ({ labels, source }) => labels.partition_id !== undefined && source === row.source,
  )
  const own = whole.map(({ values }) => values)
  const made =
    parts.length === 0
      ? []
      : [
          fromParts(
            parts.map(({ values }) => values),
            metric,
          ),
        ]
  return { row, values: eachPoint([...own, ...made], (known) => known[0] ?? null) }
}

/** What the parts of a device make of it; see `MeasureSpec.parts`. */
function fromParts(parts: readonly Points[], metric: Metric): Points {
  const rule = MEASURES[metric].parts
  if (rule === 'divided') return eachPoint(parts, sumKnown)
  return rule === 'weighted'
    ? eachPoint(parts, meanOf)
    : eachPoint(parts, (known) => Math.max(...known))
}

const meanOf = (known: readonly number[]): number => sumOf(known) / known.length

const AGGREGATES: Readonly<Record<Aggregation, (known: readonly number[]) => number>> = {
  avg: meanOf,
  min: (known) => known.reduce((least, value) => Math.min(least, value)),
  max: (known) => known.reduce((most, value) => Math.max(most, value)),
  sum: sumOf,
  p95: (known) => quantileOf(known, 0.95),
  count: (known) => known.length,
}

/** Between the two values around the place, as PromQL's `quantile` is: of two values, p95 is nearly the larger. */
function quantileOf(known: readonly number[], share: number): number {
  const sorted = [...known].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const [below = Number.NaN, above = below] = sorted.slice(Math.floor(place))
  return below + (above - below) * (place % 1)
}

const aggregated = (things: readonly Points[], aggregation: Aggregation): Points =>
  eachPoint(things, AGGREGATES[aggregation])

/** Point by point what is made of the values that are known there; a gap where none is. */
function eachPoint(
  lines: readonly Points[],
  make: (known: readonly number[]) => number | null,
): Points {
  return (lines[0] ?? []).map((_, index) => {
    const known = lines.flatMap((line) => line[index] ?? [])
    return known.length === 0 ? null : make(known)
  })
}
