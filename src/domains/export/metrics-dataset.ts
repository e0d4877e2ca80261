import { MEASURES } from '../../catalogue/measures.ts'
import { distinct } from '../../analysis/power/group.ts'
import { combine } from '../../kernel/answer.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import { baseUnitOf } from '../../kernel/units.ts'
import type { Cell, Column, Row } from '../../services/formats/index.ts'
import {
  GROUPINGS,
  groupedSeries,
  isAdditive,
  METRICS,
  readSeries,
  thingsOf,
  type Aggregation,
  type Grouped,
  type Metric,
  type SeriesQuestion,
} from '../../services/series/index.ts'
import type { ReadingSeries } from '../../services/telemetry/index.ts'
import type { Asked, Needs } from './asked.ts'
import { SOURCES_COLUMN, textColumn, TIME_COLUMN, type Dataset, type Piece } from './dataset.ts'
import { pointsIn } from './windows.ts'

export interface MetricsQuestion {
  readonly metrics: NonEmpty<Metric>
  readonly entity: Grouped | undefined
  /** The label that makes a group; without it each thing has its own rows. */
  readonly by: string | undefined
  readonly aggregation: Aggregation
  readonly summary: NonNullable<SeriesQuestion['summary']>
  readonly range: TimeRange
}

/** Measures over a window, a column each; a row for each thing or group and each time at which one is known. */
export function metricsDataset(needs: Needs, asked: Asked, question: MetricsQuestion): Dataset {
  const { by } = question
  const entity = entityOf(question)
  checkFit(question, entity)
  const names = by === undefined ? NAMES[entity] : groupNames(by)
  return {
    ...describe(question, entity),
    columns: columnsOf(question, names),
    read: (part, signal) =>
      readPart({ needs, asked: { ...asked, signal }, question, entity, names, part }),
  }
}

interface Part {
  readonly needs: Needs
  readonly asked: Asked & { readonly signal: AbortSignal }
  readonly question: MetricsQuestion
  readonly entity: Grouped
  readonly names: readonly string[]
  readonly part: TimeRange
}

async function readPart({ needs, asked, question, entity, names, part }: Part): Promise<Piece> {
  const { metrics, by, aggregation, summary } = question
  const label = by ?? EXTRA[entity] ?? 'cluster'
  const shared = { entity, by: label, range: part, summary, once: true }
  const answers = await Promise.all(
    metrics.map((metric) => readSeries(needs, asked, { ...shared, metric })),
  )
  const lines = answers.map(({ rows }, index) =>
    linesOf(rows, { metric: metrics[index] ?? metrics[0], aggregation, by, names }),
  )
  return {
    rows: rowsOf(together(lines), part),
    values: answers.reduce((sum, { rows }) => sum + rows.length, 0) * pointsIn(part),
    coverage: [],
    ...combine(answers),
  }
}

function columnsOf({ metrics, by, aggregation }: MetricsQuestion, names: readonly string[]) {
  return [
    TIME_COLUMN,
    ...names.map((name) => textColumn(name, `The ${name.replaceAll('_', ' ')}.`)),
    ...metrics.map((metric) => metricColumn(metric, by === undefined ? null : aggregation)),
    SOURCES_COLUMN,
  ]
}

function describe(
  { metrics, by, aggregation, summary, range }: MetricsQuestion,
  entity: Grouped,
): Omit<Dataset, 'columns' | 'read'> {
  return {
    name: 'metrics',
    title: `${metrics.length === 1 ? metrics[0] : 'Measures'} of ${by === undefined ? `each ${entity}` : `${entity}s by ${by}`}`,
    slug: by === undefined ? entity : `${entity}-by-${by.replaceAll('_', '-')}`,
    range,
    parameters: {
      metric: metrics,
      entity,
      by: by ?? null,
      aggregation: by === undefined ? null : aggregation,
      summary,
    },
  }
}

/** What a thing is called in a table. */
const NAMES: Readonly<Record<Grouped, readonly string[]>> = {
  gpu: ['cluster', 'node', 'vendor', 'model', 'uuid', 'device_index'],
  npu: ['cluster', 'node', 'vendor', 'model', 'uuid', 'device_index'],
  node: ['cluster', 'node'],
  pod: ['cluster', 'node', 'namespace', 'pod'],
  container: ['cluster', 'node', 'namespace', 'pod', 'container'],
  vm: ['cluster', 'node', 'vm_id', 'vm_domain'],
  bmc: ['cluster', 'node', 'bmc', 'sensor_name'],
  facility: ['cluster', 'meter'],
}

/** What a table shows of a thing beside what tells it apart. */
const EXTRA: Readonly<Partial<Record<Grouped, string>>> = { gpu: 'model', npu: 'model' }

const groupNames = (by: string): readonly string[] =>
  by === 'cluster' ? ['cluster'] : ['cluster', by]

function metricColumn(metric: Metric, aggregation: Aggregation | null): Column {
  const { dimension, meaning } = MEASURES[metric]
  if (aggregation === null)
    return { name: metric, type: 'number', unit: baseUnitOf(dimension), description: meaning }
  return {
    name: `${metric}_${aggregation}`,
    type: 'number',
    unit: aggregation === 'count' ? 'count' : baseUnitOf(dimension),
    description: `${meaning} (${aggregation} over the group)`,
  }
}

function entityOf({ metrics, entity }: MetricsQuestion): Grouped {
  const [first, ...others] = metrics
  const having = (METRICS[first] as readonly Grouped[]).filter((each) =>
    others.every((metric) => (METRICS[metric] as readonly Grouped[]).includes(each)),
  )
  const [usual] = having
  if (usual === undefined)
    throw invalidRequest('/query/metric', 'these are not of the same kind of thing: ask apart')
  if (entity === undefined) return usual
  if (having.includes(entity)) return entity
  throw invalidRequest('/query/entity', `must be one of ${having.join(', ')} for these metrics`)
}

function checkFit({ metrics, by, aggregation }: MetricsQuestion, entity: Grouped): void {
  if (by === undefined) return
  const groupings: readonly string[] = GROUPINGS[entity]
  if (!groupings.includes(by))
    throw invalidRequest('/query/by', `must be one of ${groupings.join(', ')} for ${entity}`)
  const rigid = aggregation === 'sum' ? metrics.find((metric) => !isAdditive(metric)) : undefined
  if (rigid !== undefined)
    throw invalidRequest('/query/aggregation', `must not be sum: ${rigid} cannot be added`)
}

/** One measure of one thing or group. */
interface Line {
  readonly key: string
  readonly names: readonly Cell[]
  readonly values: readonly (number | null)[]
  readonly sources: readonly string[]
}

interface Lines {
  readonly metric: Metric
  readonly aggregation: Aggregation
  readonly by: string | undefined
  readonly names: readonly string[]
}

function linesOf(
  rows: readonly ReadingSeries[],
  { metric, aggregation, by, names }: Lines,
): readonly Line[] {
  if (by === undefined)
    return thingsOf(rows, metric).map(({ key, row, values }) => ({
      key,
      names: names.map((name) => nameOf(row, name)),
      values,
      sources: [row.source],
    }))
  return groupedSeries(rows, { metric, aggregation, by }).map(({ key, values, sources }) => {
    const cells = names.map((name) => key[name] ?? null)
    return { key: cells.join('\u0000'), names: cells, values, sources }
  })
}

function nameOf({ cluster, vendor, labels }: ReadingSeries, name: string): Cell {
  if (name === 'cluster') return cluster
  if (name === 'vendor') return vendor
  return (labels as Readonly<Record<string, string | undefined>>)[name] ?? null
}

/** A thing with a line for each measure, undefined where it has none. */
interface Joined {
  readonly names: readonly Cell[]
  readonly columns: readonly (readonly (number | null)[] | undefined)[]
  readonly sources: string
}

/** The measures of each thing side by side, in the order of the things' names. */
function together(measures: readonly (readonly Line[])[]): readonly Joined[] {
  const byMeasure = measures.map((lines) => new Map(lines.map((line) => [line.key, line])))
  const keys = [...new Set(byMeasure.flatMap((lines) => [...lines.keys()]))].sort()
  return keys.map((key) => {
    const lines = byMeasure.map((measure) => measure.get(key))
    const known = lines.flatMap((line) => line ?? [])
    return {
      names: (known[0]?.names ?? []).map(
        (_, index) => known.find(({ names }) => names[index] !== null)?.names[index] ?? null,
      ),
      columns: lines.map((line) => line?.values),
      sources: distinct(known.flatMap(({ sources }) => sources)).join(';'),
    }
  })
}

/** So many rows are made at a time, or a few more: all of a part at once would take ten times its memory. */
const ROWS_AT_ONCE = 1000

function* rowsOf(things: readonly Joined[], range: TimeRange): Generator<readonly Row[]> {
  const { start, stepSeconds } = range
  const points = pointsIn(range)
  let rows: Row[] = []
  for (let point = 0; point < points; point += 1) {
    const time = new Date(start.getTime() + point * stepSeconds * 1000)
    for (const thing of things) addRow(rows, thing, { point, time })
    if (rows.length < ROWS_AT_ONCE) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

/** Adds the row of a thing at one point of a window; none where nothing is known of it. */
function addRow(
  rows: Row[],
  { names, columns, sources }: Joined,
  { point, time }: { readonly point: number; readonly time: Date },
): void {
  const row: Cell[] = [time, ...names]
  let isKnown = false
  for (const column of columns) {
    const value = column?.[point] ?? null
    if (value !== null) isKnown = true
    row.push(value)
  }
  row.push(sources)
  if (isKnown) rows.push(row)
}
