import type { Answer, Warning } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Cluster } from '../clusters/index.ts'
import type { Reply } from '../prometheus/index.ts'
import type { Series } from '../../promql/samples.ts'
import { addedCounters, firstPoints, onGrid, type Points } from './grid.ts'
import type { Needs } from './now.ts'
import { withinNamespaces } from './namespaces.ts'
import { kindOf, labelsOf, originOf, sourcesFor } from './origins.ts'
import type { HistoryQuestion, Reading, ReadingSeries, WindowQuestion } from './question.ts'
import { isSampled, overSpan, overSteps, type Target } from './summaries.ts'
import { exclusionWarnings, noteExcluded, type Excluded, type Exclusions } from './read.ts'
import { labelReader, readValue, satisfies, type ValueReader } from './translate.ts'

export async function history(
  needs: Needs,
  question: HistoryQuestion,
): Promise<Answer<ReadingSeries>> {
  const { range, signal, summary, once, sampleSeconds: stepSeconds = range.stepSeconds } = question
  return askDuring(needs, question, async ({ name, client }, target) => {
    const query = overSteps(target, { summary, stepSeconds })
    const options = { shelf: 'series', signal, once } as const
    const { rows, warnings } = await client.range(query, range, options)
    const isCount = summary === 'count'
    return { ...readSeries({ target, cluster: name, range, isCount }, rows), warnings }
  })
}

export async function overWindow(needs: Needs, question: WindowQuestion): Promise<Answer<Reading>> {
  return askDuring(needs, question, (cluster, target) =>
    isOneQuery(target, question.summary)
      ? inOneQuery(cluster, target, question)
      : stepByStep(cluster, target, question),
  )
}

/** Asks each cluster by the sources that were there in the window, in their order. */
async function askDuring<Row>(
  needs: Needs,
  question: HistoryQuestion | WindowQuestion,
  put: (cluster: Cluster, target: Target) => Promise<Told<Row>>,
): Promise<Answer<Row>> {
  const common = targetsFor(needs, question)
  const seen: Warning[] = []
  const answer = await needs.ask(question, async (cluster) => {
    const { namespaces } = cluster
    const own = namespaces === undefined ? question : withinNamespaces(question, namespaces)
    if (own === null) return { rows: [], warnings: [] }
    const targets = own === question ? common : targetsFor(needs, own)
    const sources = targets.map(({ source }) => source)
    const { range, signal, entity } = question
    const within = 'within' in question ? question.within : undefined
    const window = { range: within ?? { ...range, stepSeconds: 0 }, signal }
    const present = await needs.presence.during(cluster.client, sources, window)
    const seconds = unixSeconds(window.range.end) - unixSeconds(window.range.start)
    const at = window.range.end
    const [told, doubts] = await Promise.all([
      Promise.all(
        targets.filter(({ source }) => present.includes(source)).map((each) => put(cluster, each)),
      ),
      needs.watch({ cluster, sources: present, entity, at, seconds, signal }),
    ])
    // Exporters belong to no namespace.
    if (namespaces === undefined) seen.push(...doubts)
    for (const { excluded } of told) seen.push(...exclusionWarnings(cluster.name, excluded))
    return {
      rows: told.flatMap(({ rows }) => rows),
      warnings: told.flatMap(({ warnings }) => warnings),
    }
  })
  return { ...answer, warnings: [...answer.warnings, ...seen] }
}

/** Sources that know the thing and the measure. */
function targetsFor(needs: Needs, question: Target['question']): readonly Target[] {
  const sources = sourcesFor(needs.sources, { ...question, measures: [question.measure] })
  return sources.flatMap((source) => {
    const origin = originOf(source, question.measure)
    return origin === undefined || !canCount(origin, question) ? [] : [{ source, origin, question }]
  })
}

/** A rate is made of the samples of a longer time than those that are asked for: they are not counted. */
const canCount = ({ rate }: Target['origin'], question: Target['question']): boolean =>
  rate !== true || !('summary' in question) || question.summary !== 'count'

/**
 * Whether Prometheus can summarise a window by itself. The lowest and highest of rates and of sums are not those
 * of their parts, a rate over a window with a gap counts the gap, and values without a fixed unit have no mean.
 */
function isOneQuery(target: Target, summary: WindowQuestion['summary']): boolean {
  const { rate, addends } = target.origin
  if (rate === true || isSampled(target)) return false
  return addends === undefined || summary === 'avg'
}

/** What a cluster told, and what of it cannot be. */
interface Told<Row> extends Pick<Reply<Row>, 'rows' | 'warnings'> {
  readonly excluded: Excluded
}

async function inOneQuery(
  { name, client }: Cluster,
  target: Target,
  { range, summary, signal }: WindowQuestion,
): Promise<Told<Reading>> {
  const seconds = unixSeconds(range.end) - unixSeconds(range.start)
  const query = overSpan(target, { summary, seconds })
  const { rows, warnings } = await client.instant(query, range.end, { shelf: 'series', signal })
  const series = rows.map(({ labels, value }) => ({
    labels,
    seconds: Float64Array.of(unixSeconds(range.end)),
    values: Float64Array.of(value),
  }))
  const whole = { ...range, start: range.end }
  const { rows: read, excluded } = readSeries({ target, cluster: name, range: whole }, series)
  return { rows: summarised(read, target, summary), excluded, warnings }
}

/** Finer would not show more, and longer windows are read in this many points. */
const MOST_POINTS = 500

async function stepByStep(
  { name, client }: Cluster,
  target: Target,
  { range, summary, signal }: WindowQuestion,
): Promise<Told<Reading>> {
  const steps = stepsOf(range, target.source.freshnessSeconds)
  const query = overSteps(target, { summary, stepSeconds: steps.stepSeconds })
  const { rows, warnings } = await client.range(query, steps, { shelf: 'series', signal })
  const { rows: read, excluded } = readSeries({ target, cluster: name, range: steps }, rows)
  return { rows: summarised(read, target, summary), excluded, warnings }
}

/** Points whose spans fill the window: the first ends one step after the window begins. */
function stepsOf({ start, end }: TimeRange, leastSeconds: number): TimeRange {
  const seconds = unixSeconds(end) - unixSeconds(start)
  const stepSeconds = Math.min(seconds, Math.max(leastSeconds, Math.ceil(seconds / MOST_POINTS)))
  const points = Math.floor(seconds / stepSeconds)
  return { start: new Date(end.getTime() - (points - 1) * stepSeconds * 1000), end, stepSeconds }
}

function summarised(
  rows: readonly ReadingSeries[],
  { question: { measure } }: Target,
  summary: WindowQuestion['summary'],
): readonly Reading[] {
  return rows.flatMap(({ values, ...row }) => {
    const points = values.filter((value) => value !== null)
    return points.length === 0 ? [] : [{ ...row, values: { [measure]: OVER[summary](points) } }]
  })
}

const OVER = {
  avg: (points: readonly number[]) => points.reduce((sum, each) => sum + each, 0) / points.length,
  min: (points: readonly number[]) => points.reduce((least, each) => Math.min(least, each)),
  max: (points: readonly number[]) => points.reduce((most, each) => Math.max(most, each)),
} as const

interface ReadContext {
  readonly target: Target
  readonly cluster: string
  readonly range: TimeRange
  /** Whether the values are numbers of samples, which have no unit. */
  readonly isCount?: boolean
}

interface Draft {
  readonly labels: Reading['labels']
  readonly series: Points[]
}

/** One series for each thing; label sets of the vendor's that mean the same thing are one. */
function readSeries(
  { target, cluster, range, isCount = false }: ReadContext,
  matrix: readonly Series[],
): { readonly rows: readonly ReadingSeries[]; readonly excluded: Excluded } {
  const { source, origin, question } = target
  const wanted = labelsOf(source, question)
  const translate = labelReader(source, wanted)
  const read: ValueReader['read'] = isCount ? (value) => value : readValue(question.measure, origin)
  const excluded: Exclusions = new Map()
  const judgeOf =
    ({ labels }: Series): ValueReader['read'] =>
    (value) => {
      const judged = read(value)
      if (judged === 'implausible') noteExcluded(excluded, question.measure, { labels, value })
      return judged
    }
  const drafts = new Map<string, Draft>()
  for (const series of matrix) {
    const labels = translate(series.labels)
    const key = wanted.map((label) => labels[label] ?? '').join('\u0000')
    const draft = drafts.get(key) ?? { labels, series: [] }
    draft.series.push(onGrid(series, range, judgeOf(series)))
    drafts.set(key, draft)
  }
  const areAdded = kindOf(question.measure) === 'counter' && origin.addends !== undefined
  const rows = [...drafts.values()]
    .filter(({ labels }) => satisfies(labels, question.where))
    .map(({ labels, series }) => ({
      source: source.name,
      vendor: source.vendor,
      cluster,
      labels,
      values: areAdded ? addedCounters(series) : series.reduce(firstPoints),
    }))
  return { rows, excluded }
}
