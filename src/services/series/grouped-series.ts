import type { Label } from '../../catalogue/entities.ts'
import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import { compareText, distinct, groupBy, keyOf } from '../../analysis/power/group.ts'
import { sumKnown, sumOf } from '../../analysis/power/sum.ts'
import type { ReadingSeries } from '../telemetry/index.ts'
import type { Aggregation, Metric } from './metric-list.ts'

/** What a group of things comes to at each point of a window; null where nothing is known. */
export interface GroupedSeries {
  readonly key: Readonly<Record<string, string>>
  readonly values: Points
  readonly sources: readonly string[]
}

type Points = readonly (number | null)[]

/** How things become groups. */
export interface Grouping {
  readonly metric: Metric
  readonly aggregation: Aggregation
  readonly by: string
}

/** One series for each group of things. A thing that several sources or parts report counts once. */
export function groupedSeries(
  rows: readonly ReadingSeries[],
  { metric, aggregation, by }: Grouping,
): GroupedSeries[] {
  const named = thingsOf(rows, metric).flatMap((thing) => {
    const name = nameOf(thing.row, by)
    return name === undefined ? [] : [{ ...thing, name }]
  })
  const groups = groupBy(named, ({ row, name }) => keyOf(row.cluster, name))
  return [...groups.values()]
    .map((group) => ({
      key: keyOfGroup(group[0].row.cluster, by, group[0].name),
      values: aggregated(
        group.map(({ values }) => values),
        aggregation,
      ),
      sources: [...distinct(group.map(({ row }) => row.source))],
    }))
    .sort((a, b) => compareText(keyOf(...Object.values(a.key)), keyOf(...Object.values(b.key))))
}

/** One series for each thing, in the order of their names. */
export function thingsOf(rows: readonly ReadingSeries[], metric: Measure): readonly Thing[] {
  return [...groupBy(rows, thingKey)].map(([key, group]) => ({ key, ...thingOf(group, metric) }))
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

/** What one thing says of itself, whoever reports it. */
export interface Thing {
  /** The same for the same thing in every answer. */
  readonly key: string
  readonly row: ReadingSeries
  readonly values: Points
}

/** The row of the thing itself, of its first source; of a thing that only its parts report, what they make. */
function thingOf(
  group: readonly [ReadingSeries, ...ReadingSeries[]],
  metric: Measure,
): Omit<Thing, 'key'> {
  const [only] = group
  if (group.length === 1 && only.labels.partition_id === undefined)
    return { row: only, values: only.values }
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
function fromParts(parts: readonly Points[], metric: Measure): Points {
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
