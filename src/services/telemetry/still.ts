import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import type { Pulse, SourceSpec } from '../../catalogue/source.ts'
import type { Kind } from '../../kernel/kind.ts'
import type { Labels, Sample } from '../../promql/samples.ts'
import {
  counted,
  counter,
  divide,
  gauge,
  highest,
  keep,
  lowest,
  max,
  min,
  over,
  rate,
  type Matcher,
  type Vector,
} from '../../promql/expression.ts'
import { groupingOf, kindOf, originOf } from './origins.ts'
import { firstOfSome, planLatest } from './plan.ts'
import type { Question } from './question.ts'
import { matcherSets } from './selections.ts'
import { labelReader, readValue } from './translate.ts'

/** So long a value has to stand still before it says anything: exporters collect every 30 s, BMCs average a minute. */
export const STILL_SECONDS = 900
/** And so often it has to have been read in that time: two equal samples of a slow exporter are none. */
const FEWEST_SAMPLES = 7
/** Some of them from before this: what has only just begun has had no time to move. */
const RECENT_SECONDS = 600

/** Asks a cluster for the values of one query. */
export type AskOnce = (query: Vector<Kind>) => Promise<readonly Sample[]>

/**
 * The things of a source of which a pulse has stood still, by the names of what is named. On a good day the first
 * query has no rows, and is the only one.
 */
export async function stillThings(
  source: SourceSpec,
  pulse: Pulse,
  { question, ask }: { readonly question: Question; readonly ask: AskOnce },
): Promise<readonly string[]> {
  const still = await ask(stillQuery(source, pulse.measure, question))
  if (still.length === 0) return []
  const grouping = groupingOf(source, question)
  const keyOf = ({ labels }: { readonly labels: Labels }): string =>
    JSON.stringify(grouping.map((name) => labels[name] ?? ''))
  const conditions = await Promise.all([
    longKnown(source, pulse.measure, { question, ask }),
    ...(pulse.busy === undefined
      ? []
      : [
          rowsWhere(source, pulse.busy, { question, ask, holds: (value) => value > 0 }),
          rowsWhere(source, pulse.measure, { question, ask, holds: isFine }),
        ]),
  ])
  const sure = conditions.map((rows) => new Set(rows.map(keyOf)))
  const read = labelReader(source, question.labels)
  return still
    .filter((row) => sure.every((keys) => keys.has(keyOf(row))))
    .map(({ labels }) => nameOf(read(labels)))
}

const nameOf = (labels: ReturnType<ReturnType<typeof labelReader>>): string =>
  labels.node ?? labels.bmc ?? Object.values(labels).join('/')

/** What has not moved: a counter without growth, a gauge whose highest and lowest sample are one. */
function stillQuery(source: SourceSpec, measure: Measure, question: Question): Vector<Kind> {
  const grouping = groupingOf(source, question)
  const isCounted = kindOf(measure) === 'counter' || originOf(source, measure)?.rate === true
  return eachOf(source, measure, (name, where) => {
    if (isCounted)
      return keep(max(rate(over(counter(name, where), STILL_SECONDS)), grouping), '<=', 0)
    const samples = over(gauge(name, where), STILL_SECONDS)
    return keep(divide(max(highest(samples), grouping), min(lowest(samples), grouping)), '<=', 1)
  })
}

/** The rows that were read often enough, and some time ago. */
async function longKnown(
  source: SourceSpec,
  measure: Measure,
  { question, ask }: { readonly question: Question; readonly ask: AskOnce },
): Promise<readonly Sample[]> {
  const [all, recent] = await Promise.all(
    [STILL_SECONDS, RECENT_SECONDS].map((seconds) =>
      ask(countQuery(source, measure, { question, seconds })),
    ),
  )
  const lately = new Map((recent ?? []).map(({ labels, value }) => [JSON.stringify(labels), value]))
  return (all ?? []).filter(({ labels, value }) => {
    const since = lately.get(JSON.stringify(labels))
    return since !== undefined && value > since && value >= FEWEST_SAMPLES
  })
}

function countQuery(
  source: SourceSpec,
  measure: Measure,
  { question, seconds }: { readonly question: Question; readonly seconds: number },
): Vector<Kind> {
  const grouping = groupingOf(source, question)
  return eachOf(source, measure, (name, where) =>
    max(counted(over(gauge(name, where), seconds)), grouping),
  )
}

/** Whole watts may rightly stay the same at work; what is read finer never does. */
const isFine = (value: number): boolean => !Number.isInteger(value)

/** The rows of which a measure is now as it should be. */
async function rowsWhere(
  source: SourceSpec,
  measure: Measure,
  {
    question,
    ask,
    holds,
  }: {
    readonly question: Question
    readonly ask: AskOnce
    readonly holds: (value: number) => boolean
  },
): Promise<readonly Sample[]> {
  const origin = originOf(source, measure)
  if (origin === undefined) return []
  const judge = readValue(measure, origin)
  const answers = await Promise.all(
    planLatest(source, { ...question, measures: [measure] }).map(({ query }) => ask(query)),
  )
  return answers.flat().filter(({ value }) => {
    const judged = judge(value)
    return typeof judged === 'number' && holds(judged)
  })
}

function eachOf(
  source: SourceSpec,
  measure: Measure,
  query: (name: string, where: readonly Matcher[]) => Vector<'gauge'>,
): Vector<'gauge'> {
  const { metrics = [], where = [] } = originOf(source, measure) ?? {}
  return firstOfSome(
    metrics.flatMap((name) =>
      matcherSets(source, where, undefined).map((matchers) => query(name, matchers)),
    ),
  )
}

/** What a pulse is in words. */
export const pulseText = ({ measure, busy }: Pulse): string =>
  busy === undefined
    ? `${measure} does not move, as it does in whatever is on`
    : `${measure} does not move though ${busy} is above 0 ${unitText(busy)}`.trimEnd()

const unitText = (measure: Measure): string => (MEASURES[measure].dimension === 'share' ? '%' : '')
