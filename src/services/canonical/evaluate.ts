import { KCloudError } from '../../kernel/errors.ts'
import { aggregate, topmost } from '../../promql/aggregate.ts'
import {
  dropName,
  dropNameOfWindows,
  hasValues,
  identityOf,
  labelOf,
  type Column,
  type Grid,
} from '../../promql/columns.ts'
import type { StoredSeries } from '../../promql/samples.ts'
import {
  growth,
  lastSeconds,
  lastValue,
  slide,
  summary,
  type Edges,
  type Reduce,
  type Sliding,
} from '../../promql/windows.ts'
import {
  isAmong,
  SET_OPERATIONS,
  type Arithmetic,
  type Binary,
  type Comparison,
  type Expression,
  type Grouping,
  type Selector,
} from './expression.ts'
import { paired, setOf } from './match.ts'

/** The samples of a selector, as far as a query needs them. */
export interface Samples {
  readonly series: readonly StoredSeries[]
  /** How far a sample holds: until the next one. */
  readonly holdsMs: number
}

export interface Context {
  readonly grid: Grid
  readonly samplesOf: (use: Expression) => readonly Samples[]
  readonly edges: Edges
}

/** A number, or series on the grid. */
export type Result = number | readonly Column[]

/** What a query comes to. Rejects with `unprocessable` where Prometheus cannot carry it out. */
export function evaluateQuery(expression: Expression, context: Context): Result {
  try {
    return resultOf(expression, context)
  } catch (error) {
    if (error instanceof TypeError)
      throw new KCloudError('unprocessable', { detail: error.message, cause: error })
    throw error
  }
}

function resultOf(expression: Expression, context: Context): Result {
  switch (expression.op) {
    case 'number':
      return expression.value
    case 'select':
      return current(expression, expression.of, { context, reduce: lastValue })
    case 'timestamp':
      return dropName(current(expression, expression.of, { context, reduce: lastSeconds }))
    case 'window':
      return windowed(expression, context)
    case 'aggregate': {
      const { columns, names } = grouped(columnsOf(expression.of, context), expression.grouping)
      return aggregate(columns, expression.fn, names)
    }
    case 'rank':
      return ranked(expression, context)
    case 'binary':
      return combined(expression, context)
  }
}

function columnsOf(expression: Expression, context: Context): readonly Column[] {
  const result = resultOf(expression, context)
  if (typeof result !== 'number') return result
  throw new TypeError('expected an instant vector, got a scalar')
}

interface Current {
  readonly context: Context
  readonly reduce: Reduce
}

/** A sample holds until the next is due: what is gone is gone at once. */
function current(use: Expression, { offsetMs }: Selector, { context, reduce }: Current) {
  const { grid, samplesOf } = context
  return samplesOf(use).flatMap(({ series, holdsMs }) => {
    const sliding = {
      grid: earlier(grid, offsetMs),
      windowMs: holdsMs,
      edges: 'left_open' as const,
    }
    return series.map((each) => slide(each, sliding, reduce)).filter(hasValues)
  })
}

const earlier = (grid: Grid, offsetMs: number): Grid => ({
  ...grid,
  startMs: grid.startMs - offsetMs,
})

function windowed(use: Extract<Expression, { op: 'window' }>, context: Context): readonly Column[] {
  const { fn, of, windowMs } = use
  const { grid, samplesOf, edges } = context
  const sliding: Sliding = { grid: earlier(grid, of.offsetMs), windowMs, edges }
  const reduce = fn === 'rate' || fn === 'increase' ? growth(fn, sliding) : summary(fn)
  const columns = samplesOf(use).flatMap(({ series }) =>
    series.map((each) => slide(each, sliding, reduce)).filter(hasValues),
  )
  return fn === 'last' ? columns : dropNameOfWindows(columns)
}

/** Series with the labels of their group only, and the names of these. */
function grouped(columns: readonly Column[], { labels, without }: Grouping) {
  if (!without) return { columns, names: labels }
  const dropped = new Set([...labels, '__name__'])
  const left = columns.map((column) => ({
    ...column,
    labels: Object.fromEntries(
      Object.entries(column.labels).filter(([name]) => !dropped.has(name)),
    ),
  }))
  return {
    columns: left,
    names: [...new Set(left.flatMap((column) => Object.keys(column.labels)))],
  }
}

function ranked(
  { fn, count, of, grouping }: Extract<Expression, { op: 'rank' }>,
  context: Context,
): readonly Column[] {
  const most = resultOf(count, context)
  if (typeof most !== 'number' || Number.isNaN(most))
    throw new TypeError(`the number of ${fn} must be a scalar`)
  const columns = columnsOf(of, context)
  const { columns: keys, names } = grouped(columns, grouping)
  const groups = new Map<string, Column[]>()
  for (const [index, column] of columns.entries()) {
    const { labels } = keys[index] ?? column
    const key = identityOf(Object.fromEntries(names.map((name) => [name, labelOf(labels, name)])))
    groups.set(key, [...(groups.get(key) ?? []), column])
  }
  const take = Math.max(0, Math.trunc(Math.min(most, columns.length)))
  const rank = (group: readonly Column[]) =>
    fn === 'topk' ? topmost(group, take) : topmost(group.map(turned), take).map(turned)
  return [...groups.values()].flatMap(rank)
}

const turned = (column: Column): Column => ({
  ...column,
  values: column.values.map((value) => -value),
})

const ARITHMETICS: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
}

/** JavaScript takes these for unknown, and IEEE 754 does not. */
function power(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent
}

const COMPARES: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
}

function combined(binary: Binary, context: Context): Result {
  const { fn, matching } = binary
  const left = resultOf(binary.left, context)
  const right = resultOf(binary.right, context)
  if (typeof left === 'number' && typeof right === 'number') return ofScalars(binary, left, right)
  if (typeof left === 'number')
    return withScalar(binary, columnsIn(right), (value) => [left, value])
  if (typeof right === 'number') return withScalar(binary, left, (value) => [value, right])
  if (isAmong(SET_OPERATIONS, fn)) return setOf(fn, [left, right], matching)
  const { isFilter, apply } = operationOf(binary)
  return paired([left, right], {
    matching,
    dropsName: !isFilter,
    combine: (a, b) => (isFilter ? (apply(a, b) === 1 ? a : undefined) : apply(a, b)),
  })
}

const columnsIn = (result: Result): readonly Column[] => (typeof result === 'number' ? [] : result)

/** What an operator does with two numbers, and whether it only decides what stays. */
function operationOf({ fn, bool }: Binary) {
  if (Object.hasOwn(ARITHMETICS, fn))
    return { isFilter: false, apply: ARITHMETICS[fn as Arithmetic] }
  const holds = COMPARES[fn as Comparison]
  return { isFilter: !bool, apply: (a: number, b: number) => (holds(a, b) ? 1 : 0) }
}

const ofScalars = (binary: Binary, left: number, right: number): number =>
  operationOf(binary).apply(left, right)

function withScalar(
  binary: Binary,
  columns: readonly Column[],
  sides: (value: number) => readonly [number, number],
): readonly Column[] {
  const { isFilter, apply } = operationOf(binary)
  if (!isFilter)
    return dropName(
      columns.map((column) => ({
        ...column,
        values: column.values.map((value) => apply(...sides(value))),
      })),
    )
  return columns
    .map((column) => ({
      ...column,
      has: column.has.map((present, step) =>
        present === 1 && apply(...sides(column.values[step] ?? Number.NaN)) === 1 ? 1 : 0,
      ),
    }))
    .filter(hasValues)
}
