import { ENTITIES, type Label, type OwnerLabel } from '../../catalogue/entities.ts'
import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import type { Origin, SourceSpec } from '../../catalogue/source.ts'
import type { Kind, NonEmpty } from '../../kernel/kind.ts'
import type { Dimension } from '../../kernel/units.ts'
import type { Filter, Question } from './question.ts'

/** Where a source keeps a measure. */
export function originOf(source: SourceSpec, measure: Measure): Origin<Dimension> | undefined {
  // Which dimension it is only the measure knows, and who reads it has the measure.
  return source.measures[measure] as Origin<Dimension> | undefined
}

export function kindOf(measure: Measure): Kind {
  return MEASURES[measure].kind
}

/** Whether a source can answer: it knows the things, and has a label for every filter. */
export function canAnswer(source: SourceSpec, question: Question): boolean {
  const filters = Object.entries(question.where ?? {}) as [Label, Filter][]
  return (
    source.entity === question.entity &&
    filters.every(([label, filter]) => canFilter(source, label, filter))
  )
}

/** Those of the sources that are asked: the ones that can answer, and whose metrics are not read elsewhere. */
export function sourcesFor(
  sources: readonly SourceSpec[],
  question: Question & { readonly measures?: readonly Measure[] },
): readonly SourceSpec[] {
  const { unlessOf, measures = [] } = question
  const able = sources.filter((source) => canAnswer(source, question))
  if (unlessOf === undefined) return able
  const others = sources.filter(({ entity }) => entity === unlessOf)
  return able.filter((source) => !others.some((other) => readsAllOf(other, source, measures)))
}

/** Whether one source reads of its things the same metrics, under the same conditions, as another of its own. */
function readsAllOf(one: SourceSpec, other: SourceSpec, measures: readonly Measure[]): boolean {
  const known = measures.flatMap((measure) => {
    const origin = originOf(other, measure)
    return origin === undefined ? [] : [{ origin, twin: originOf(one, measure) }]
  })
  return known.length > 0 && known.every(({ origin, twin }) => areOfOne(origin, twin))
}

const areOfOne = (origin: Origin<Dimension>, twin: Origin<Dimension> | undefined): boolean =>
  twin !== undefined &&
  JSON.stringify([origin.metrics, origin.where]) === JSON.stringify([twin.metrics, twin.where])

function canFilter(source: SourceSpec, label: Label, filter: Filter): boolean {
  const said = saidBy(source, label)
  return said === undefined ? namesOf(source, label).length > 0 : passes(said, filter)
}

/** Whether a value of a label satisfies a filter. */
export function passes(value: string, filter: Filter): boolean {
  if ('differsFrom' in filter) return value !== filter.differsFrom
  if ('startsWith' in filter) return value.startsWith(filter.startsWith)
  if ('startsWithOneOf' in filter)
    return filter.startsWithOneOf.some((start) => value.startsWith(start))
  return filter.includes(value)
}

/** What the name of a metric says about a label that it does not have. */
export function saidBy(source: SourceSpec, label: Label): string | undefined {
  return isOwner(label) ? undefined : source.says?.[label]
}

/** All the vendor's names for a label, in order of precedence; none when the source lacks it. */
export function namesOf(source: SourceSpec, label: Label): readonly string[] {
  if (isOwner(label)) return (source.owners ?? []).map((owner) => owner[label])
  return source.labels[label] ?? []
}

export const isOwner = (label: Label): label is OwnerLabel =>
  label === 'namespace' || label === 'pod' || label === 'container'

/**
 * The labels that the rows of a source carry: those of the question and of its filters, and what else the source
 * needs to tell single things apart, where the question is about single things.
 */
export function labelsOf(source: SourceSpec, question: Question): readonly Label[] {
  const filtered = Object.keys(question.where ?? {}) as Label[]
  return [...new Set([...question.labels, ...filtered, ...identityFor(source, question)])]
}

/** The vendor's labels behind them, each once. */
export function groupingOf(source: SourceSpec, question: Question): readonly string[] {
  return [...new Set(labelsOf(source, question).flatMap((label) => namesOf(source, label)))]
}

/** The same, with what tells the exporters apart that may read the same thing. */
export function rowsOf(source: SourceSpec, question: Question): readonly string[] {
  const grouping = groupingOf(source, question)
  return source.toldBy === undefined ? grouping : [...new Set([...grouping, ...source.toldBy])]
}

/** Every label of a source that tells its things apart, in the vendor's words. */
export function namesOfThings(source: SourceSpec): readonly string[] {
  return identitiesOf(source).flatMap((set) => set.flatMap((label) => namesOf(source, label)))
}

function identityFor(source: SourceSpec, { labels }: Question): readonly Label[] {
  const asked = identitiesOf(source).filter((set) => set.every((label) => labels.includes(label)))
  if (asked.length === 0) return []
  if (source.identity !== undefined) return source.identity
  const isKnown = (set: readonly Label[]) => set.every((label) => namesOf(source, label).length > 0)
  return asked.some(isKnown) ? [] : (identitiesOf(source).find(isKnown) ?? [])
}

const identitiesOf = ({ entity }: SourceSpec): readonly (readonly Label[])[] =>
  ENTITIES[entity].identity

/** Narrows a list that the catalogue's types promise to be filled. */
export function nonEmpty<T>(list: readonly T[]): NonEmpty<T> {
  const [first, ...rest] = list
  if (first === undefined) throw new TypeError('a list that must not be empty is')
  return [first, ...rest]
}
