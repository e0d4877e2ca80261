import type { Kind, NonEmpty } from '../kernel/kind.ts'

/**
 * A condition on a label. An absent label counts as the empty string, as in Prometheus. There is no raw
 * pattern, so what a user sends can only ever be a literal.
 */
export type Matcher =
  | {
      readonly op: 'equals' | 'differs' | 'starts_with'
      readonly label: string
      readonly value: string
    }
  | {
      readonly op: 'one_of' | 'starts_with_one_of' | 'starts_with_none_of'
      readonly label: string
      readonly values: NonEmpty<string>
    }

export const equals = (label: string, value: string): Matcher => ({ op: 'equals', label, value })
export const differs = (label: string, value: string): Matcher => ({ op: 'differs', label, value })
export const startsWith = (label: string, value: string): Matcher => ({
  op: 'starts_with',
  label,
  value,
})
export const oneOf = (label: string, values: NonEmpty<string>): Matcher => ({
  op: 'one_of',
  label,
  values,
})
export const startsWithOneOf = (label: string, values: NonEmpty<string>): Matcher => ({
  op: 'starts_with_one_of',
  label,
  values,
})
export const startsWithNoneOf = (label: string, values: NonEmpty<string>): Matcher => ({
  op: 'starts_with_none_of',
  label,
  values,
})

/** The series of one or several metrics that satisfy every matcher. */
export interface Selection<K extends Kind> {
  readonly op: 'select'
  readonly kind: K
  readonly names: NonEmpty<string>
  readonly where: readonly Matcher[]
}

/** The samples of a selection in the last `seconds` before each evaluation time. */
export interface Windowed<K extends Kind> {
  readonly selection: Selection<K>
  readonly seconds: number
}

export type RateFunction = 'rate' | 'increase'
export type WindowFunction = 'sum' | 'avg' | 'min' | 'max' | 'last' | 'count'
export type Aggregation = 'sum' | 'avg' | 'min' | 'max' | 'count'
export type Comparison = '<' | '<=' | '>' | '>=' | '!='

interface Node<K extends Kind> {
  readonly kind: K
}
export interface Rated extends Node<'gauge'> {
  readonly op: 'rated'
  readonly by: RateFunction
  readonly of: Windowed<'counter'>
}
export interface Summarised<K extends Kind> extends Node<K> {
  readonly op: 'summarised'
  readonly by: WindowFunction
  readonly of: Windowed<Kind>
}
export interface Scaled<K extends Kind> extends Node<K> {
  readonly op: 'scaled'
  readonly of: Vector<Kind>
  readonly factor: number
}
export interface Kept<K extends Kind> extends Node<K> {
  readonly op: 'kept'
  readonly of: Vector<Kind>
  readonly when: Comparison
  readonly bound: number
}
export interface Aggregated<K extends Kind> extends Node<K> {
  readonly op: 'aggregated'
  readonly with: Aggregation
  readonly of: Vector<Kind>
  readonly by: readonly string[]
}
export interface Topped extends Node<'gauge'> {
  readonly op: 'topped'
  readonly of: Vector<'gauge'>
  readonly count: number
}
export interface FirstOf<K extends Kind> extends Node<K> {
  readonly op: 'first_of'
  readonly of: NonEmpty<Vector<Kind>>
}
export interface Divided extends Node<'gauge'> {
  readonly op: 'divided'
  readonly of: readonly [dividend: Aggregated<'gauge'>, divisor: Aggregated<'gauge'>]
}
export interface Provided<K extends Kind> extends Node<K> {
  readonly op: 'provided'
  readonly of: readonly [wanted: Aggregated<Kind>, condition: Aggregated<Kind>]
}
export interface SampledAt extends Node<'gauge'> {
  readonly op: 'sampled_at'
  readonly of: Selection<Kind>
}

/** A query: what Prometheus calls an instant vector. Immutable; `render` writes it, `evaluate` answers it. */
export type Vector<K extends Kind> =
  | Selection<K>
  | Summarised<K>
  | Scaled<K>
  | Kept<K>
  | Aggregated<K>
  | FirstOf<K>
  | Provided<K>
  | (K extends 'gauge' ? Rated | Topped | SampledAt | Divided : never)

const named = (names: string | NonEmpty<string>): NonEmpty<string> =>
  typeof names === 'string' ? [names] : names

/** Series whose value is a value now. With several names the result keeps them apart by `__name__`. */
export const gauge = (
  names: string | NonEmpty<string>,
  where: readonly Matcher[] = [],
): Selection<'gauge'> => ({ op: 'select', kind: 'gauge', names: named(names), where })

/** Series that only grow, until a reset. */
export const counter = (
  names: string | NonEmpty<string>,
  where: readonly Matcher[] = [],
): Selection<'counter'> => ({ op: 'select', kind: 'counter', names: named(names), where })

/** The window that rate and the like look back over. It must be wider than the scrape interval. */
export const over = <K extends Kind>(selection: Selection<K>, seconds: number): Windowed<K> => ({
  selection,
  seconds,
})

/** Growth per second, resets handled, extrapolated to the window's edges as Prometheus does. */
export const rate = (of: Windowed<'counter'>): Rated => ({
  op: 'rated',
  kind: 'gauge',
  by: 'rate',
  of,
})

/** Growth over the window: `rate` times its length. */
export const increase = (of: Windowed<'counter'>): Rated => ({
  op: 'rated',
  kind: 'gauge',
  by: 'increase',
  of,
})

const summarised =
  (by: WindowFunction) =>
  <K extends Kind>(of: Windowed<K>): Summarised<K> => ({
    op: 'summarised',
    kind: of.selection.kind,
    by,
    of,
  })

/** A gauge's samples in the window, added up. */
export const totalled = (of: Windowed<'gauge'>): Summarised<'gauge'> => summarised('sum')(of)
/** The mean of a gauge's samples in the window. */
export const averaged = (of: Windowed<'gauge'>): Summarised<'gauge'> => summarised('avg')(of)
/** The smallest of a gauge's samples in the window. */
export const lowest = (of: Windowed<'gauge'>): Summarised<'gauge'> => summarised('min')(of)
/** The largest of a gauge's samples in the window. */
export const highest = (of: Windowed<'gauge'>): Summarised<'gauge'> => summarised('max')(of)
/** The newest sample in the window: a look-back of our own choosing instead of Prometheus' five minutes. */
export const newest = <K extends Kind>(of: Windowed<K>): Summarised<K> => summarised('last')(of)
/** How many samples the window holds. */
export const counted = (of: Windowed<Kind>): Summarised<'gauge'> => ({
  ...summarised('count')(of),
  kind: 'gauge',
})

/** Every value times a finite factor: how a unit becomes ours inside the query. */
export const scale = <K extends Kind>(of: Vector<K>, factor: number): Scaled<K> => ({
  op: 'scaled',
  // A Vector<K> always has kind K; the compiler cannot see it through the conditional member of the union.
  kind: of.kind as K,
  of,
  factor,
})

/** Only the values for which the comparison holds. NaN satisfies none but `!=`. */
export const keep = <K extends Kind>(of: Vector<K>, when: Comparison, bound: number): Kept<K> => ({
  op: 'kept',
  kind: of.kind as K,
  of,
  when,
  bound,
})

const aggregate =
  (fn: Aggregation) =>
  <K extends Kind>(of: Vector<K>, by: readonly string[] = []): Aggregated<K> => ({
    op: 'aggregated',
    kind: of.kind as K,
    with: fn,
    of,
    by,
  })

export const sum = (of: Vector<'gauge'>, by?: readonly string[]): Aggregated<'gauge'> =>
  aggregate('sum')(of, by)
export const avg = (of: Vector<'gauge'>, by?: readonly string[]): Aggregated<'gauge'> =>
  aggregate('avg')(of, by)
export const min = (of: Vector<'gauge'>, by?: readonly string[]): Aggregated<'gauge'> =>
  aggregate('min')(of, by)
/** Also of counters: the way to one row where several series repeat the same reading. */
export const max = <K extends Kind>(of: Vector<K>, by?: readonly string[]): Aggregated<K> =>
  aggregate('max')(of, by)
/** How many series each group has. */
export const count = (of: Vector<Kind>, by: readonly string[] = []): Aggregated<'gauge'> => ({
  ...aggregate('count')(of, by),
  kind: 'gauge',
})

/** The `count` largest, with all their labels. */
export const top = (of: Vector<'gauge'>, count: number): Topped => ({
  op: 'topped',
  kind: 'gauge',
  of,
  count,
})

/** For each label set, the value of the first query that has one (`a or b`): precedence between sources. */
export const firstOf = <K extends Kind>(of: NonEmpty<Vector<K>>): FirstOf<K> => ({
  op: 'first_of',
  kind: of[0].kind as K,
  of,
})

/** Quotients of groups with equal labels. Both sides are grouped alike, and not by the metric's name. */
export const divide = (dividend: Aggregated<'gauge'>, divisor: Aggregated<'gauge'>): Divided => ({
  op: 'divided',
  kind: 'gauge',
  of: [dividend, divisor],
})

/** The wanted groups, where the condition has a group with equal labels (`a and b`). Both are grouped alike. */
export const provided = <K extends Kind>(
  wanted: Aggregated<K>,
  condition: Aggregated<Kind>,
): Provided<K> => ({ op: 'provided', kind: wanted.kind, of: [wanted, condition] })

/** The unix time at which each series was last sampled: how old a value is. */
export const sampledAt = (of: Selection<Kind>): SampledAt => ({
  op: 'sampled_at',
  kind: 'gauge',
  of,
})
