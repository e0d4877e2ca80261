import type { Answer } from '../../kernel/answer.ts'
import type { Measure } from '../../catalogue/measures.ts'
import type { SourceSpec } from '../../catalogue/source.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { Kind } from '../../kernel/kind.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import {
  counted,
  counter,
  divide,
  firstOf,
  gauge,
  highest,
  lowest,
  max,
  min,
  newest,
  over,
  provided,
  sum,
  totalled,
  type Selection,
  type Vector,
  type Windowed,
} from '../../promql/expression.ts'
import type { Series } from '../../promql/samples.ts'
import type { Needs } from './now.ts'
import { canAnswer, groupingOf, kindOf, nonEmpty, originOf, selections } from './plan.ts'
import type {
  HistoryQuestion,
  Question,
  Reading,
  ReadingSeries,
  Summary,
  WindowQuestion,
} from './question.ts'
import { labelReader, readValue, satisfies } from './translate.ts'

type MeasureQuestion = Question & { readonly measure: Measure }

export async function history(
  needs: Needs,
  question: HistoryQuestion,
): Promise<Answer<ReadingSeries>> {
  const { range, signal, summary } = question
  const sources = sourcesFor(needs, question)
  return needs.ask(question, async (cluster) => {
    const replies = await Promise.all(
      sources.map((source) =>
        cluster.client.range(
          overSteps(source, question, { summary, stepSeconds: range.stepSeconds }),
          range,
          { shelf: 'series', signal },
        ),
      ),
    )
    const rows = replies.flatMap((reply, index) =>
      readSeries({ source: sources[index], cluster: cluster.name, question }, reply.rows),
    )
    return { rows, warnings: replies.flatMap((reply) => reply.warnings) }
  })
}

export async function overWindow(needs: Needs, question: WindowQuestion): Promise<Answer<Reading>> {
  const { range, signal, summary } = question
  const sources = sourcesFor(needs, question)
  const seconds = unixSeconds(range.end) - unixSeconds(range.start)
  return needs.ask(question, async (cluster) => {
    const replies = await Promise.all(
      sources.map((source) =>
        cluster.client.instant(summarise(source, question, { summary, seconds }), range.end, {
          shelf: 'series',
          signal,
        }),
      ),
    )
    const rows = replies.flatMap((reply, index) => {
      const readOne = reader({ source: sources[index], cluster: cluster.name, question })
      return reply.rows.flatMap(({ labels, value }) => readOne(labels, value))
    })
    return { rows, warnings: replies.flatMap((reply) => reply.warnings) }
  })
}

/** Sources that know the thing and the measure. */
function sourcesFor(needs: Needs, question: MeasureQuestion): readonly SourceSpec[] {
  return needs.sources.filter(
    (source) => canAnswer(source, question) && originOf(source, question.measure) !== undefined,
  )
}

/**
 * The query of one point each step. A step shorter than the source's samples lie apart shows the newest sample,
 * as long as there is one in the time that it is fresh for: a mean over an empty window would be a gap that is
 * none, and Prometheus' own look-back of five minutes would hide one that is.
 */
function overSteps(
  source: SourceSpec,
  question: MeasureQuestion,
  { summary, stepSeconds }: { readonly summary: Summary; readonly stepSeconds: number },
): Vector<Kind> {
  if (stepSeconds >= source.freshnessSeconds)
    return summarise(source, question, { summary, seconds: stepSeconds })
  return whileFresh(source, question)
}

/** The plain selection ends a series when its exporter does; the window ends those that nobody marked as ended. */
function whileFresh(source: SourceSpec, question: MeasureQuestion): Vector<Kind> {
  return eachOf(source, question, (selection, grouping) =>
    provided(
      max(selection, grouping),
      max(counted(over(selection, source.freshnessSeconds)), grouping),
    ),
  )
}

/**
 * One value of a window. Pods come and go on a device, and each makes a series of its own, so a mean is that of
 * all samples together and not the largest of the means.
 */
function summarise(
  source: SourceSpec,
  question: MeasureQuestion,
  { summary, seconds }: { readonly summary: Summary; readonly seconds: number },
): Vector<Kind> {
  if (kindOf(question.measure) === 'counter')
    return eachOf(source, question, (selection, grouping) =>
      max(newest(over(selection, seconds)), grouping),
    )
  const target = { source, question, measure: question.measure }
  const grouping = groupingOf(source, question)
  const rows = selections(target, gauge).map((each) =>
    SUMMARIES[summary](over(each, seconds), grouping),
  )
  return firstOf(nonEmpty(rows))
}

type Summarise = (of: Windowed<'gauge'>, grouping: readonly string[]) => Vector<'gauge'>

const SUMMARIES: Readonly<Record<Summary, Summarise>> = {
  avg: (of, grouping) => divide(sum(totalled(of), grouping), sum(counted(of), grouping)),
  min: (of, grouping) => min(lowest(of), grouping),
  max: (of, grouping) => max(highest(of), grouping),
  last: (of, grouping) => max(newest(of), grouping),
}

/** The same query for every name of a measure, the earlier names first. */
function eachOf(
  source: SourceSpec,
  question: MeasureQuestion,
  query: (selection: Selection<Kind>, grouping: readonly string[]) => Vector<Kind>,
): Vector<Kind> {
  const select = kindOf(question.measure) === 'counter' ? counter : gauge
  const grouping = groupingOf(source, question)
  const target = { source, question, measure: question.measure }
  const rows = selections<Kind>(target, select).map((selection) => query(selection, grouping))
  return firstOf(nonEmpty(rows))
}

interface ReadContext {
  readonly source: SourceSpec | undefined
  readonly cluster: string
  readonly question: MeasureQuestion
}

/** Reads one row into ours; none when it fails the filters or its value cannot be. */
function reader({ source, cluster, question }: ReadContext) {
  const origin = source === undefined ? undefined : originOf(source, question.measure)
  if (source === undefined || origin === undefined) return () => []
  const translate = labelReader(source, question.labels)
  const judge = readValue(question.measure, origin)
  return (labels: Readonly<Record<string, string>>, value: number): readonly Reading[] => {
    const ours = translate(labels)
    const result = judge(value)
    if (typeof result !== 'number' || !satisfies(ours, question.where)) return []
    return [
      {
        source: source.name,
        vendor: source.vendor,
        cluster,
        labels: ours,
        values: { [question.measure]: result },
      },
    ]
  }
}

function readSeries(
  { source, cluster, question }: ReadContext & { readonly question: HistoryQuestion },
  matrix: readonly Series[],
): readonly ReadingSeries[] {
  const origin = source === undefined ? undefined : originOf(source, question.measure)
  if (source === undefined || origin === undefined) return []
  const translate = labelReader(source, question.labels)
  const judge = readValue(question.measure, origin)
  return matrix
    .map((series) => ({
      source: source.name,
      vendor: source.vendor,
      cluster,
      labels: translate(series.labels),
      values: onGrid(series, question.range, judge),
    }))
    .filter(({ labels }) => satisfies(labels, question.where))
}

/** One value for each point of the window, null where the series has none or one that cannot be. */
function onGrid(
  { seconds, values }: Series,
  { start, end, stepSeconds }: TimeRange,
  judge: (value: number) => number | 'absent' | 'implausible',
): readonly (number | null)[] {
  const first = unixSeconds(start)
  const points = Math.round((unixSeconds(end) - first) / stepSeconds) + 1
  const grid: (number | null)[] = new Array<null>(points).fill(null)
  for (const [index, time] of seconds.entries()) {
    const place = Math.round((time - first) / stepSeconds)
    const result = judge(values[index] ?? Number.NaN)
    if (typeof result === 'number' && place >= 0 && place < points) grid[place] = result
  }
  return grid
}
