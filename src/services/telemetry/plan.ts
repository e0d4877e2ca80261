import type { Label, OwnerLabel } from '../../catalogue/entities.ts'
import type { Measure } from '../../catalogue/measures.ts'
import { MEASURES } from '../../catalogue/measures.ts'
import type { Condition, Origin, SourceSpec } from '../../catalogue/source.ts'
import type { Kind, NonEmpty } from '../../kernel/kind.ts'
import {
  equals,
  firstOf,
  gauge,
  max,
  oneOf,
  startsWith,
  type Matcher,
  type Selection,
  type Vector,
} from '../../promql/expression.ts'
import type { Filter, Question } from './question.ts'

/** One query to one source, and how to read what it gives. */
export interface Plan {
  readonly source: SourceSpec
  readonly query: Vector<Kind>
  /** The vendor's labels that the rows carry. */
  readonly grouping: readonly string[]
}

type Where = Question['where']

/** Whether a source can answer: it knows the things, and has a label for every filter. */
export function canAnswer(source: SourceSpec, question: Question): boolean {
  return (
    source.entity === question.entity &&
    Object.keys(question.where ?? {}).every((label) => namesOf(source, label as Label).length > 0)
  )
}

/** One row for each thing that a source knows, whatever it reports about it. */
export function planKnown(source: SourceSpec, question: Question): Plan {
  const names = source.presence.flatMap((measure) => originOf(source, measure)?.metrics ?? [])
  const grouping = groupingOf(source, question)
  return {
    source,
    grouping,
    query: oneRowEach({ source, names, conditions: [], question, grouping }),
  }
}

/**
 * The measures of a source, one query for those that share their conditions. Rows are kept apart by metric
 * name, so that all measures come in one answer; the factors are applied when they are read.
 */
export function planLatest(
  source: SourceSpec,
  question: Question & { readonly measures: readonly Measure[] },
): readonly Plan[] {
  const groups = new Map<string, { names: string[]; conditions: readonly Condition[] }>()
  for (const measure of question.measures) {
    const origin = originOf(source, measure)
    if (origin === undefined) continue
    const conditions = origin.where ?? []
    const key = JSON.stringify(conditions)
    const group = groups.get(key) ?? { names: [], conditions }
    group.names.push(...origin.metrics)
    groups.set(key, group)
  }
  const grouping = ['__name__', ...groupingOf(source, question)]
  return [...groups.values()].map(({ names, conditions }) => ({
    source,
    grouping,
    query: oneRowEach({ source, names, conditions, question, grouping }),
  }))
}

interface RowQuery {
  readonly source: SourceSpec
  readonly names: readonly string[]
  readonly conditions: readonly Condition[]
  readonly question: Question
  readonly grouping: readonly string[]
}

/** `max` brings the repeated rows of one device (MIG, time-slicing, two scrapes) to one row. */
function oneRowEach({ source, names, conditions, question, grouping }: RowQuery): Vector<'gauge'> {
  const rows = alternatives(source, question.where).map((matchers) =>
    max(gauge(nonEmpty(names), [...fixed(conditions), ...matchers]), grouping),
  )
  return rows.length === 1 && rows[0] !== undefined ? rows[0] : firstOf(nonEmpty(rows))
}

/**
 * The matchers of a filter, once for each of the vendor's names of the label. The names stand in the grouping
 * too, so that rows of different alternatives never have equal labels and none hides another.
 */
function alternatives(source: SourceSpec, where: Where): readonly (readonly Matcher[])[] {
  let all: readonly (readonly Matcher[])[] = [[]]
  for (const [label, filter] of Object.entries(where ?? {})) {
    const names = namesOf(source, label as Label)
    if (!isPushable(names)) continue
    all = all.flatMap((matchers) => names.map((name) => [...matchers, matcherOf(name, filter)]))
  }
  return all
}

/** `instance` carries a port that our value lacks: such a filter is applied to the rows instead. */
function isPushable(names: readonly string[]): boolean {
  return !names.includes('instance')
}

function matcherOf(label: string, filter: Filter): Matcher {
  if ('startsWith' in filter) return startsWith(label, filter.startsWith)
  const [first, ...rest] = filter
  return rest.length === 0 ? equals(label, first) : oneOf(label, filter)
}

/** The selections of a measure, one for each name and way to filter, in order of precedence. */
export function selections<K extends Kind>(
  { source, question, measure }: { source: SourceSpec; question: Question; measure: Measure },
  select: (name: string, where: readonly Matcher[]) => Selection<K>,
): readonly Selection<K>[] {
  const origin = originOf(source, measure)
  return (origin?.metrics ?? []).flatMap((name) =>
    alternatives(source, question.where).map((matchers) =>
      select(name, [...fixed(origin?.where ?? []), ...matchers]),
    ),
  )
}

/** The vendor's labels behind the labels of a question and its filters, each once. */
export function groupingOf(source: SourceSpec, question: Question): readonly string[] {
  const filtered = Object.keys(question.where ?? {}) as Label[]
  const names = [...question.labels, ...filtered].flatMap((label) => namesOf(source, label))
  return [...new Set(names)]
}

/** All the vendor's names for a label, in order of precedence; none when the source lacks it. */
export function namesOf(source: SourceSpec, label: Label): readonly string[] {
  if (isOwner(label)) return (source.owners ?? []).map((owner) => owner[label])
  return source.labels[label] ?? []
}

const isOwner = (label: Label): label is OwnerLabel =>
  label === 'namespace' || label === 'pod' || label === 'container'

/** Where a source keeps a measure. */
export function originOf(source: SourceSpec, measure: Measure): Origin<Measure> | undefined {
  return source.measures[measure] as Origin<Measure> | undefined
}

export function kindOf(measure: Measure): Kind {
  return MEASURES[measure].kind
}

const fixed = (conditions: readonly Condition[]): readonly Matcher[] =>
  conditions.map(({ label, equals: value }) => equals(label, value))

/** Narrows a list that the catalogue's types promise to be filled. */
export function nonEmpty<T>(list: readonly T[]): NonEmpty<T> {
  const [first, ...rest] = list
  if (first === undefined) throw new TypeError('a list that must not be empty is')
  return [first, ...rest]
}
