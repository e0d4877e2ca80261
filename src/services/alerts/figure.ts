import { groupKey } from '../../analysis/alerts/state.ts'
import type { Figure, MetricFigure } from '../../analysis/alerts/rule.ts'
import type { ClusterReport, Warning } from '../../kernel/answer.ts'
import { isBackendError, KCloudError } from '../../kernel/errors.ts'
import type { AnsweredSeries, QueryAnswer } from '../canonical/index.ts'
import type { ReadNeeds, RuleAsked } from './asked.ts'

/** One group of a figure with a value for each step. */
export interface FigureGroup {
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
  readonly values: readonly (number | null)[]
  /** How many series each value is made of. */
  readonly members?: readonly number[]
  /** Why a value is not to be relied on. */
  readonly problems?: readonly (string | null)[]
  readonly about?: { readonly isAtLeast?: boolean; readonly note?: string }
}

export interface FigureRead {
  readonly groups: readonly FigureGroup[]
  readonly clusters: readonly ClusterReport[]
  readonly warnings: readonly Warning[]
  /** Clusters of which nothing can be said, when these are not those that did not answer. */
  readonly silent?: readonly (readonly [name: string, status: string])[]
  readonly unit: string | null
}

/** A figure at each step. What no cluster answered has no groups, and every cluster is silent. */
export async function readFigure(
  needs: ReadNeeds,
  figure: Figure,
  asked: RuleAsked,
): Promise<FigureRead> {
  const read = await ask(needs, figure, asked)
  const { clusters, warnings, series } = read
  const account = { clusters, warnings, unit: unitOf(figure) }
  if ('query' in figure)
    return {
      ...account,
      silent: cautiously(read),
      groups: series.map((each) => alone(each, asked)),
    }
  return { ...account, groups: together(series, figure, asked) }
}

type Asked = Pick<QueryAnswer, 'clusters' | 'warnings' | 'series'>

async function ask(
  { canonical, clusters: names }: ReadNeeds,
  figure: Figure,
  { grid, at, now, signal }: RuleAsked,
): Promise<Asked> {
  const clusters = names()
  try {
    return await canonical.query(queryOf(figure), grid, { clusters, at, now, signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!isSilence(error)) throw error
    const status = error.kind === 'backend_timeout' ? 'timeout' : 'unreachable'
    const asked = clusters.filter((name) => mayBeAbout(figure, name))
    return { series: [], warnings: [], clusters: asked.map((name) => ({ name, status })) }
  }
}

const mayBeAbout = (figure: Figure, cluster: string): boolean =>
  'query' in figure || (figure.where['cluster']?.includes(cluster) ?? true)

/** Whether nobody answered, or not everybody and nothing was found. */
const isSilence = (error: unknown): error is KCloudError =>
  isBackendError(error) || (error instanceof KCloudError && error.kind === 'partial_refused')

/** A figure as the query that reads its series. */
export function queryOf(figure: Figure): string {
  if ('query' in figure) return figure.query
  const matchers = Object.entries(figure.where).map(([label, values]) => matcherOf(label, values))
  return `${figure.metric}{${matchers.join(',')}}`
}

function matcherOf(label: string, values: readonly string[]): string {
  const [only] = values
  if (values.length === 1 && only !== undefined) return `${label}=${JSON.stringify(only)}`
  const pattern = values.map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  return `${label}=~${JSON.stringify(pattern)}`
}

const UNITS: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/_watts$/, 'W'],
  [/_joules(_total)?$/, 'J'],
  [/_celsius$/, '°C'],
  [/_percent$/, '%'],
  [/_mb$/, 'MB'],
  [/_mhz$/, 'MHz'],
  [/_rpm$/, 'rpm'],
  [/_volts$/, 'V'],
  [/_mbps$/, 'Mbit/s'],
  [/_kg_per_hour$/, 'kg/h'],
]

/** The unit that a name ends in, as people write it. */
function unitOf(figure: Figure): string | null {
  if ('query' in figure || figure.aggregate === 'count') return null
  return UNITS.find(([ending]) => ending.test(figure.metric))?.[1] ?? null
}

/** Of a query nobody knows which series its values are made of: a cluster in which something is silent is not whole. */
function cautiously({ clusters, warnings }: Asked): NonNullable<FigureRead['silent']> {
  const silent = new Map<string, string>()
  for (const { code, cluster, detail } of warnings)
    if (code === 'silent_entities' && cluster !== undefined) silent.set(cluster, detail)
  for (const { name, status } of clusters) if (status !== 'ok') silent.set(name, status)
  return [...silent]
}

function alone({ labels, values }: AnsweredSeries, asked: RuleAsked): FigureGroup {
  const { __name__: _name, ...own } = labels
  return { key: groupKey(own), labels: own, values: onGrid(values, asked) }
}

function onGrid(
  values: AnsweredSeries['values'],
  { grid: { startMs, stepMs, steps } }: RuleAsked,
): readonly (number | null)[] {
  const placed = Array<number | null>(steps).fill(null)
  for (const [seconds, text] of values) {
    const value = Number(text)
    const step = Math.round((seconds * 1000 - startMs) / Math.max(1, stepMs))
    if (Number.isFinite(value)) placed[steps === 1 ? 0 : step] = value
  }
  return placed
}

type Row = readonly (number | null)[]

function together(
  series: readonly AnsweredSeries[],
  { aggregate, by }: MetricFigure,
  asked: RuleAsked,
): readonly FigureGroup[] {
  const groups = new Map<string, { readonly labels: FigureGroup['labels']; readonly rows: Row[] }>()
  for (const each of series) {
    const labels = groupOf(each, by)
    const key = groupKey(labels)
    const group = groups.get(key) ?? { labels, rows: [] }
    group.rows.push(onGrid(each.values, asked))
    groups.set(key, group)
  }
  const steps = Array.from({ length: asked.grid.steps }, (_, step) => step)
  return [...groups].map(([key, { labels, rows }]) => {
    const known = steps.map((step) => rows.flatMap((row) => row[step] ?? []))
    return {
      key,
      labels,
      values: known.map((values) => (values.length === 0 ? null : FOLDS[aggregate](values))),
      members: known.map(({ length }) => length),
    }
  })
}

function groupOf({ labels }: AnsweredSeries, by: MetricFigure['by']): FigureGroup['labels'] {
  const { __name__: _name, ...own } = labels
  if (by === null) return own
  return Object.fromEntries(
    by.flatMap((label) => (own[label] === undefined ? [] : [[label, own[label]]])),
  )
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0)

const FOLDS: Readonly<Record<MetricFigure['aggregate'], (values: readonly number[]) => number>> = {
  sum,
  avg: (values) => sum(values) / values.length,
  min: (values) => values.reduce((least, each) => Math.min(least, each), Infinity),
  max: (values) => values.reduce((most, each) => Math.max(most, each), -Infinity),
  count: ({ length }) => length,
}
