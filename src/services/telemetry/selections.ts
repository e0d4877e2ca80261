import type { Label } from '../../catalogue/entities.ts'
import type { Condition, Origin, SourceSpec } from '../../catalogue/source.ts'
import type { Dimension } from '../../kernel/units.ts'
import {
  avg,
  count,
  differs,
  equals,
  max,
  oneOf,
  startsWith,
  startsWithNoneOf,
  startsWithOneOf,
  sum,
  type Aggregated,
  type Matcher,
  type Vector,
} from '../../promql/expression.ts'
import { namesOf, nonEmpty } from './origins.ts'
import type { Filter, Question } from './question.ts'
import { spellingsOf } from './uuids.ts'

/**
 * The matchers of a selection: those of the origin, with those of the question, once for each of the vendor's
 * names of a filtered label. The names stand in the grouping too, so that rows of different alternatives never
 * have equal labels and none hides another.
 */
export function matcherSets(
  source: SourceSpec,
  conditions: readonly Condition[],
  where: Question['where'],
): readonly (readonly Matcher[])[] {
  let all: readonly (readonly Matcher[])[] = [
    [...(source.where ?? []), ...conditions].flatMap(fixed),
  ]
  for (const [label, filter] of Object.entries(where ?? {})) {
    const names = namesOf(source, label as Label)
    if (names.length === 0 || !isPushable(label as Label, names)) continue
    const meant = label === 'uuid' ? spelled(filter) : filter
    all = all.flatMap((matchers) => names.map((name) => [...matchers, matcherOf(name, meant)]))
  }
  return all
}

function fixed(condition: Condition): readonly Matcher[] {
  if ('equals' in condition) return [equals(condition.label, condition.equals)]
  if ('oneOf' in condition) return [oneOf(condition.label, condition.oneOf)]
  if ('startsWithOneOf' in condition)
    return [startsWithOneOf(condition.label, condition.startsWithOneOf)]
  if ('startsWithNoneOf' in condition)
    return [startsWithNoneOf(condition.label, condition.startsWithNoneOf)]
  return condition.noneOf.map((value) => differs(condition.label, value))
}

/**
 * `instance` carries a port that our value lacks, and a container's id the name of its runtime: such filters are
 * applied to the rows instead.
 */
function isPushable(label: Label, names: readonly string[]): boolean {
  return label !== 'container_id' && !names.includes('instance')
}

/** Exact UUIDs, in all the ways in which they are written. */
function spelled(filter: Filter): Filter {
  if ('differsFrom' in filter || 'startsWith' in filter || 'startsWithOneOf' in filter)
    return filter
  return nonEmpty(filter.flatMap(spellingsOf))
}

function matcherOf(label: string, filter: Filter): Matcher {
  if ('differsFrom' in filter) return differs(label, filter.differsFrom)
  if ('startsWith' in filter) return startsWith(label, filter.startsWith)
  if ('startsWithOneOf' in filter) return startsWithOneOf(label, filter.startsWithOneOf)
  const [first, ...rest] = filter
  return rest.length === 0 ? equals(label, first) : oneOf(label, filter)
}

/** How the rows of an origin become one for each thing. */
export type Gathering = Pick<Origin<Dimension>, 'addends' | 'combine'>

/**
 * One row for each group. `max` brings the rows that repeat a reading to one (MIG, time-slicing, two scrapes);
 * rows that differ in the origin's addends are added or averaged after that.
 */
export function gathered(
  rows: Vector<'gauge'>,
  grouping: readonly string[],
  { addends, combine }: Gathering,
): Aggregated<'gauge'> {
  if (addends === undefined) return max(rows, grouping)
  return combined(max(rows, [...new Set([...grouping, ...addends])]), grouping, combine)
}

/** One row for each group, of rows that differ in the origin's addends. */
export const combined = (
  rows: Vector<'gauge'>,
  grouping: readonly string[],
  combine: Gathering['combine'] = 'sum',
): Aggregated<'gauge'> => COMBINE[combine](rows, grouping)

const COMBINE = { sum, avg, count } as const
