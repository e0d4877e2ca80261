import type { Kind } from '../kernel/kind.ts'
import type { TimeRange } from '../kernel/time-range.ts'
import { aggregate, firstPresent, topmost } from './aggregate.ts'
import {
  type Column,
  dropName,
  dropNameOfWindows,
  type Grid,
  hasValues,
  identityOf,
  merge,
} from './columns.ts'
import type {
  Aggregated,
  Comparison,
  Divided,
  FirstOf,
  Kept,
  Provided,
  Rated,
  SampledAt,
  Scaled,
  Selection,
  Summarised,
  Topped,
  Vector,
  Windowed,
} from './expression.ts'
import { satisfies } from './matchers.ts'
import { render } from './render.ts'
import type { Sample, Series, SeriesStore } from './samples.ts'
import {
  type Edges,
  growth,
  lastSeconds,
  lastValue,
  type Reduce,
  slide,
  type Sliding,
  summary,
} from './windows.ts'

/** Series, and the rules of the Prometheus that they stand for: those of Prometheus 3 unless told otherwise. */
export interface PrometheusLike extends SeriesStore {
  readonly edges?: Edges
}

/**
 * What Prometheus answers to an instant query at `at` (unix seconds). Series that end are found for another five
 * minutes: a store has no staleness markers, with which a real server ends the series of a lost target at once.
 * The order is free, but for `top`, whose largest comes first. Throws a TypeError where Prometheus refuses the
 * query: series that only their dropped name told apart, and all that `render` refuses.
 */
export function evaluateInstant(
  query: Vector<Kind>,
  store: PrometheusLike,
  at: number,
): readonly Sample[] {
  const grid = { startMs: Math.round(at * 1000), stepMs: 1, steps: 1 }
  const columns = evaluate(query, { store, grid })
  return columns.map(({ labels, values }) => ({
    labels,
    seconds: at,
    value: values[0] ?? Number.NaN,
  }))
}

/**
 * What Prometheus answers to a range query: the instant answers at `start`, `start + step`, … up to and including
 * `end`, by series. Every stored sample is read at most once per selection. Throws as `evaluateInstant` does.
 */
export function evaluateRange(
  query: Vector<Kind>,
  store: PrometheusLike,
  range: TimeRange,
): readonly Series[] {
  const grid = gridOf(range)
  return evaluate(query, { store, grid }).map((column) => pointsOf(column, grid))
}

function gridOf({ start, end, stepSeconds }: TimeRange): Grid {
  const stepMs = Math.round(stepSeconds * 1000)
  if (!(stepMs >= 1)) throw new TypeError(`a step cannot be ${stepSeconds} seconds`)
  const steps = Math.floor((end.getTime() - start.getTime()) / stepMs) + 1
  return { startMs: start.getTime(), stepMs, steps: Math.max(0, steps) }
}

function pointsOf({ labels, values, has }: Column, { startMs, stepMs }: Grid): Series {
  const seconds = values.map((_value, i) => (startMs + i * stepMs) / 1000)
  if (!has.includes(0)) return { labels, seconds, values }
  const present = (_value: number, i: number) => has[i] === 1
  return { labels, seconds: seconds.filter(present), values: values.filter(present) }
}

interface Context {
  readonly store: PrometheusLike
  readonly grid: Grid
}

function evaluate(query: Vector<Kind>, context: Context): readonly Column[] {
  // What cannot be asked of a real server is no question here either.
  render(query)
  return columnsOf(query, context)
}

type Evaluators = {
  readonly [Q in Vector<Kind> as Q['op']]: (query: Q, context: Context) => readonly Column[]
}

const EVALUATORS: Evaluators = {
  select,
  sampled_at: sampledAt,
  rated,
  summarised,
  scaled,
  kept,
  aggregated,
  topped,
  first_of: firstOf,
  divided,
  provided,
}

/** The columns of a query, each with a value somewhere, no two with equal labels. */
function columnsOf(query: Vector<Kind>, context: Context): readonly Column[] {
  // The compiler cannot see that the evaluator found under a query's `op` is the one for that query.
  const evaluator = EVALUATORS[query.op] as (q: Vector<Kind>, c: Context) => readonly Column[]
  return evaluator(query, context)
}

/** How far back Prometheus looks for the value of a series (`--query.lookback-delta`). */
const LOOKBACK_SECONDS = 300

function windows(
  of: Windowed<Kind>,
  context: Context,
  reducer: (sliding: Sliding) => Reduce,
): readonly Column[] {
  return slidden({ of, use: 'window' }, context, reducer)
}

/** What an instant query sees of a series: its newest sample, for five minutes at most. */
function current(selection: Selection<Kind>, context: Context, reduce: Reduce): readonly Column[] {
  const of = { selection, seconds: LOOKBACK_SECONDS }
  return slidden({ of, use: 'current' }, context, () => reduce)
}

interface Look {
  readonly of: Windowed<Kind>
  readonly use: 'current' | 'window'
}

function slidden(
  { of: { selection, seconds }, use }: Look,
  { store, grid }: Context,
  reducer: (sliding: Sliding) => Reduce,
): readonly Column[] {
  const sliding = { grid, windowMs: Math.round(seconds * 1000), edges: store.edges ?? 'left_open' }
  const reduce = reducer(sliding)
  return [...store.select([...new Set(selection.names)], use)]
    .filter(({ labels }) => satisfies(labels, selection.where))
    .map((series) => slide(series, sliding, reduce))
    .filter(hasValues)
}

function select(selection: Selection<Kind>, context: Context): readonly Column[] {
  return current(selection, context, lastValue)
}

function sampledAt({ of }: SampledAt, context: Context): readonly Column[] {
  return dropName(current(of, context, lastSeconds))
}

function rated({ by, of }: Rated, context: Context): readonly Column[] {
  return dropNameOfWindows(windows(of, context, (sliding) => growth(by, sliding)))
}

function summarised({ by, of }: Summarised<Kind>, context: Context): readonly Column[] {
  const columns = windows(of, context, () => summary(by))
  return by === 'last' ? columns : dropNameOfWindows(columns)
}

function scaled({ of, factor }: Scaled<Kind>, context: Context): readonly Column[] {
  const columns = columnsOf(of, context)
  return dropName(
    columns.map((column) => ({ ...column, values: column.values.map((value) => value * factor) })),
  )
}

const HOLDS: Readonly<Record<Comparison, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '!=': (value, bound) => value !== bound,
}

function kept({ of, when, bound }: Kept<Kind>, context: Context): readonly Column[] {
  const holds = HOLDS[when]
  const filtered = ({ labels, values, has }: Column): Column => ({
    labels,
    values,
    has: has.map((present, i) => (holds(values[i] ?? Number.NaN, bound) ? present : 0)),
  })
  return columnsOf(of, context).map(filtered).filter(hasValues)
}

function aggregated(query: Aggregated<Kind>, context: Context): readonly Column[] {
  return aggregate(columnsOf(query.of, context), query.with, query.by)
}

function topped({ of, count }: Topped, context: Context): readonly Column[] {
  return topmost(columnsOf(of, context), count)
}

function firstOf({ of }: FirstOf<Kind>, context: Context): readonly Column[] {
  return merge(firstPresent(of.map((query) => columnsOf(query, context))))
}

/** Both sides are groups without a name, so labels that match are equal labels, one on each side. */
function divided({ of: [dividend, divisor] }: Divided, context: Context): readonly Column[] {
  return paired([dividend, divisor], context, (a, b) => a / b)
}

function provided(
  { of: [wanted, condition] }: Provided<Kind>,
  context: Context,
): readonly Column[] {
  return paired([wanted, condition], context, (a) => a)
}

function paired(
  [left, right]: readonly [Vector<Kind>, Vector<Kind>],
  context: Context,
  join: (a: number, b: number) => number,
): readonly Column[] {
  const others = new Map(
    columnsOf(right, context).map((column) => [identityOf(column.labels), column]),
  )
  return columnsOf(left, context)
    .flatMap((column) => {
      const other = others.get(identityOf(column.labels))
      return other === undefined ? [] : [joinedColumn(column, other, join)]
    })
    .filter(hasValues)
}

function joinedColumn(a: Column, b: Column, join: (a: number, b: number) => number): Column {
  return {
    labels: a.labels,
    values: a.values.map((value, i) => join(value, b.values[i] ?? Number.NaN)),
    has: a.has.map((present, i) => (present === 1 && b.has[i] === 1 ? 1 : 0)),
  }
}
