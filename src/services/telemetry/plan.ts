import type { Measure } from '../../catalogue/measures.ts'
import type { Origin, SourceSpec } from '../../catalogue/source.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { Kind } from '../../kernel/kind.ts'
import type { Dimension } from '../../kernel/units.ts'
import {
  counter,
  firstOf,
  gauge,
  keep,
  max,
  min,
  over,
  rate,
  sampledAt,
  type Vector,
} from '../../promql/expression.ts'
import { queryOf, type Gatherable } from './gather.ts'
import { groupingOf, namesOfThings, nonEmpty, originOf, rowsOf } from './origins.ts'
import type { LatestQuestion, Question, StaleQuestion } from './question.ts'
import { gathered, matcherSets } from './selections.ts'

/** One query to one source, and how to read what it gives. */
export interface Plan extends Gatherable {
  readonly source: SourceSpec
  /** What it asks for. Where the rows carry no name of a metric, all of them are the one measure there is. */
  readonly measures: readonly Measure[]
}

/** One row for each thing that a source knows, by some of the measures that tell of its presence. */
export function planKnown(
  source: SourceSpec,
  question: Question,
  measures: SourceSpec['presence'] = source.presence,
): Plan {
  const by = groupingOf(source, question)
  const selected = groupsOf(source, measures, whereOf).map(({ origin, names }) => ({
    names,
    sets: matcherSets(source, origin.where ?? [], question.where),
    nonzero: false,
    by,
    named: false,
  }))
  return { source, measures, query: firstOfSome(selected.map(queryOf)), selected }
}

/**
 * The measures of a source, one query for those that are selected and gathered alike. Rows are kept apart by
 * metric name, so that all measures come in one answer; the factors are applied when they are read. A rate loses
 * that name, so each rated measure is a query of its own.
 */
export function planLatest(
  source: SourceSpec,
  question: Question & Pick<LatestQuestion, 'nonzero'> & { readonly measures: readonly Measure[] },
): readonly Plan[] {
  const grouping = rowsOf(source, question)
  return groupsOf(source, question.measures, gatheringOf).map(({ measures, names, origin }) => {
    const asked =
      origin.rate === true
        ? { query: rates(source, { origin, grouping, seconds: source.freshnessSeconds, question }) }
        : gauges(source, { origin, grouping, question, names, measures })
    return { source, measures, ...asked }
  })
}

interface Group {
  readonly origin: Origin<Dimension>
  readonly measures: Measure[]
  readonly names: string[]
}

/** Measures that one query can answer: those of equal key that share no metric, whose rows would be of either. */
function groupsOf(
  source: SourceSpec,
  measures: readonly Measure[],
  keyOf: (origin: Origin<Dimension>, measure: Measure) => unknown,
): readonly Group[] {
  const groups: (Group & { readonly key: string })[] = []
  for (const measure of measures) {
    const origin = originOf(source, measure)
    if (origin === undefined) continue
    const key = JSON.stringify(keyOf(origin, measure))
    const fits = (group: Group & { readonly key: string }): boolean =>
      group.key === key && !origin.metrics.some((metric) => group.names.includes(metric))
    const found = groups.find(fits)
    const group = found ?? { key, origin, measures: [], names: [] }
    if (found === undefined) groups.push(group)
    group.measures.push(measure)
    group.names.push(...origin.metrics)
  }
  return groups
}

const whereOf = ({ where }: Origin<Dimension>) => [where]

const gatheringOf = (origin: Origin<Dimension>, measure: Measure) => [
  origin.where,
  origin.addends,
  origin.combine,
  origin.rate === true ? measure : null,
]

interface Asked {
  readonly origin: Origin<Dimension>
  readonly grouping: readonly string[]
  readonly question: Question & Pick<LatestQuestion, 'nonzero'>
}

function gauges(
  source: SourceSpec,
  { origin, grouping, question, names, measures }: Asked & Pick<Group, 'names' | 'measures'>,
): Gatherable {
  const isVain = question.nonzero === true || measures.every(isStateOf(source))
  const nonzero = origin.addends === undefined && isVain
  const sets = matcherSets(source, origin.where ?? [], question.where)
  if (origin.addends === undefined) {
    const selected = { names, sets, nonzero, by: grouping, named: true }
    return { query: queryOf(selected), selected: [selected] }
  }
  const rows = sets.map((where) =>
    gathered(gauge(nonEmpty(names), where), ['__name__', ...grouping], origin),
  )
  return { query: firstOfSome(rows) }
}

/**
 * Whether 0 says only that a thing is not in this state. There is a series for each state that it could be in, so
 * most of an answer would be such zeros.
 */
const isStateOf =
  (source: SourceSpec) =>
  (measure: Measure): boolean => {
    const { absent = [] } = originOf(source, measure) ?? {}
    return absent.length === 1 && absent[0] === 0
  }

/** The growth a second of the counters of an origin, in a window of so many seconds. */
export function rates(
  source: SourceSpec,
  { origin, grouping, seconds, question }: Asked & { readonly seconds: number },
): Vector<'gauge'> {
  const rows = origin.metrics.flatMap((name) =>
    matcherSets(source, origin.where ?? [], question.where).map((where) =>
      gathered(rate(over(counter(name, where), seconds)), grouping, origin),
    ),
  )
  return firstOfSome(rows)
}

/** The things whose newest sample is older than the source allows. */
export function planStale(source: SourceSpec, question: StaleQuestion): Plan {
  const grouping = groupingOf(source, question)
  // A pod that left a device leaves an old series behind; the device itself is as fresh as its newest.
  const each = [...new Set([...grouping, ...namesOfThings(source)])]
  const [measure] = source.presence
  const { metrics = [], where = [] } = originOf(source, measure) ?? {}
  const oldest = metrics.flatMap((name) =>
    matcherSets(source, where, question.where).map((matchers) =>
      min(max(sampledAt(gauge(name, matchers)), each), grouping),
    ),
  )
  const bound = unixSeconds(question.at) - source.freshnessSeconds
  return { source, measures: [], query: keep(firstOfSome(oldest), '<', bound) }
}

/** The first that has a value; the one there is, where there is one. */
export function firstOfSome<K extends Kind>(rows: readonly Vector<K>[]): Vector<K> {
  const [first, ...rest] = rows
  if (first === undefined) throw new TypeError('a source that is asked has something to be asked')
  return rest.length === 0 ? first : firstOf([first, ...rest])
}
