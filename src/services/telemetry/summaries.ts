import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import type { Origin, SourceSpec } from '../../catalogue/source.ts'
import type { Kind } from '../../kernel/kind.ts'
import type { Dimension } from '../../kernel/units.ts'
import {
  counted,
  counter,
  divide,
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
  type Matcher,
  type Vector,
  type Windowed,
} from '../../promql/expression.ts'
import { groupingOf, kindOf } from './origins.ts'
import { firstOfSome, rates } from './plan.ts'
import type { Question, Summary } from './question.ts'
import { combined, gathered, matcherSets } from './selections.ts'

/** A measure of a source, as a question asks for it. */
export interface Target {
  readonly source: SourceSpec
  readonly origin: Origin<Dimension>
  readonly question: Question & { readonly measure: Measure }
}

/**
 * Whether values of an origin can only be judged one by one: states, and values whose unit is told by their size.
 * A mean of two of them would be neither.
 */
export const isSampled = ({ origin, question }: Target): boolean =>
  typeof origin.unit !== 'string' ||
  origin.codes !== undefined ||
  MEASURES[question.measure].dimension === 'code'

/**
 * The query of one point each step. A step shorter than the source's samples lie apart shows the newest sample,
 * as long as there is one in the time that it is fresh for: a mean over an empty window would be a gap that is
 * none, and Prometheus' own look-back of five minutes would hide one that is.
 */
export function overSteps(
  target: Target,
  { summary, stepSeconds }: { readonly summary: Summary; readonly stepSeconds: number },
): Vector<Kind> {
  const { freshnessSeconds } = target.source
  if (stepSeconds >= freshnessSeconds || summary === 'count')
    return overSpan(target, { summary, seconds: stepSeconds })
  if (target.origin.rate === true) return ratesOf(target, freshnessSeconds)
  return kindOf(target.question.measure) === 'counter' ? freshCounters(target) : freshGauges(target)
}

/** One value of the last `seconds`. */
export function overSpan(
  target: Target,
  { summary, seconds }: { readonly summary: Summary; readonly seconds: number },
): Vector<Kind> {
  if (target.origin.rate === true) return ratesOf(target, seconds)
  if (kindOf(target.question.measure) === 'counter') return lastCounters(target, seconds)
  const by = SUMMARIES[isSampled(target) && summary !== 'count' ? 'last' : summary]
  const grouping = groupingOf(target.source, target.question)
  return eachOf(target, (name, where) =>
    by(over(gauge(name, where), seconds), grouping, target.origin),
  )
}

function ratesOf({ source, origin, question }: Target, seconds: number): Vector<'gauge'> {
  return rates(source, { origin, grouping: groupingOf(source, question), question, seconds })
}

/** The plain selection ends a series when its exporter does; the window ends those that nobody marked as ended. */
function freshGauges(target: Target): Vector<'gauge'> {
  const { source, origin, question } = target
  const grouping = groupingOf(source, question)
  return eachOf(target, (name, where) => {
    const selection = gauge(name, where)
    const recent = max(counted(over(selection, source.freshnessSeconds)), grouping)
    return provided(gathered(selection, grouping, origin), recent)
  })
}

function freshCounters(target: Target): Vector<'counter'> {
  const each = counterGrouping(target)
  return eachOf(target, (name, where) => {
    const selection = counter(name, where)
    const recent = max(counted(over(selection, target.source.freshnessSeconds)), each)
    return provided(max(selection, each), recent)
  })
}

function lastCounters(target: Target, seconds: number): Vector<'counter'> {
  const each = counterGrouping(target)
  return eachOf(target, (name, where) => max(newest(over(counter(name, where), seconds)), each))
}

/** Counters that add up are read one by one: the reset of one would look like the reset of their sum. */
function counterGrouping({ source, origin, question }: Target): readonly string[] {
  return [...new Set([...groupingOf(source, question), ...(origin.addends ?? [])])]
}

/** The same query for every name of a measure, the earlier names first. */
function eachOf<K extends Kind>(
  { source, origin, question }: Target,
  query: (name: string, where: readonly Matcher[]) => Vector<K>,
): Vector<K> {
  const sets = matcherSets(source, origin.where ?? [], question.where)
  return firstOfSome(origin.metrics.flatMap((name) => sets.map((where) => query(name, where))))
}

type Summarise = (
  of: Windowed<'gauge'>,
  grouping: readonly string[],
  origin: Origin<Dimension>,
) => Vector<'gauge'>

/**
 * Pods come and go on a device, and each makes a series of its own, so a mean is that of all samples together and
 * not the largest of the means. Of values that add up, the extremes are sums of extremes: bounds.
 */
const SUMMARIES: Readonly<Record<Summary, Summarise>> = {
  avg: (of, grouping, { addends = [], combine }) => {
    const each = [...new Set([...grouping, ...addends])]
    const means = divide(sum(totalled(of), each), sum(counted(of), each))
    return addends.length === 0 ? means : combined(means, grouping, combine)
  },
  min: (of, grouping, { addends, combine }) =>
    addends === undefined
      ? min(lowest(of), grouping)
      : combined(min(lowest(of), [...new Set([...grouping, ...addends])]), grouping, combine),
  max: (of, grouping, origin) => gathered(highest(of), grouping, origin),
  last: (of, grouping, origin) => gathered(newest(of), grouping, origin),
  // Whoever tells a thing more than once tells it as long as the longest of its series.
  count: (of, grouping) => max(counted(of), grouping),
}
