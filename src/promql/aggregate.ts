import { type Column, emptyColumn, hasValues, identityOf, labelOf, withoutName } from './columns.ts'
import type { Aggregation } from './expression.ts'
import { FOLDS } from './folds.ts'
import type { Labels } from './samples.ts'

interface Group {
  readonly column: Column
  /** How many values each step has taken in. */
  readonly counts: Uint32Array
}

/** One column per combination of the labels `by`; a label that is absent or empty is not in the result. */
export function aggregate(
  columns: readonly Column[],
  aggregation: Aggregation,
  by: readonly string[],
): readonly Column[] {
  const groups = new Map<string, Group>()
  const names = [...new Set(by)].sort()
  for (const column of columns) {
    const key = JSON.stringify(names.map((name) => labelOf(column.labels, name)))
    const group = groups.get(key) ?? emptyGroup(column, names)
    groups.set(key, group)
    add(group, column, aggregation)
  }
  return [...groups.values()].map((group) => group.column).filter(hasValues)
}

function emptyGroup({ labels, has }: Column, names: readonly string[]): Group {
  const kept = names.map((name) => [name, labelOf(labels, name)] as const)
  const present: Labels = Object.fromEntries(kept.filter(([, value]) => value !== ''))
  return { column: emptyColumn(present, has.length), counts: new Uint32Array(has.length) }
}

function add({ column, counts }: Group, { values, has }: Column, aggregation: Aggregation): void {
  const fold = FOLDS[aggregation]
  for (let i = 0; i < has.length; i++) {
    if (has[i] === 0) continue
    const n = (counts[i] ?? 0) + 1
    const before = n === 1 ? fold.start : (column.values[i] ?? Number.NaN)
    counts[i] = n
    column.has[i] = 1
    column.values[i] = fold.add(before, values[i] ?? Number.NaN, n)
  }
}

/** The `count` largest at every step, NaN after all numbers; at a single step in that order, as `topk`. */
export function topmost(columns: readonly Column[], count: number): readonly Column[] {
  const chosen = new Map<Column, Column>()
  const steps = columns[0]?.has.length ?? 0
  for (let i = 0; i < steps; i++) {
    const present = columns.filter(({ has }) => has[i] === 1)
    for (const column of present.sort((a, b) => largestFirst(a, b, i)).slice(0, count)) {
      const kept = chosen.get(column) ?? { ...column, has: new Uint8Array(steps) }
      kept.has[i] = 1
      chosen.set(column, kept)
    }
  }
  return [...chosen.values()]
}

function largestFirst(a: Column, b: Column, step: number): number {
  const left = a.values[step] ?? Number.NaN
  const right = b.values[step] ?? Number.NaN
  if (Number.isNaN(left) || Number.isNaN(right))
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
  // Not their difference: that of two infinities is NaN.
  if (left === right) return 0
  return left > right ? -1 : 1
}

/**
 * `a or b or …`: at every step, what an earlier query has a value for hides the later queries' series with the
 * same labels. The metric's name is no part of that comparison, but stays in the result.
 */
export function firstPresent(queries: readonly (readonly Column[])[]): readonly Column[] {
  const covered = new Map<string, Uint8Array>()
  return queries.flatMap((columns) => {
    const named = columns.map((column) => [identityOf(withoutName(column.labels)), column] as const)
    const visible = named.map(([key, column]) => uncovered(column, covered.get(key)))
    for (const [key, column] of named) cover(covered, key, column)
    return visible.filter(hasValues)
  })
}

function uncovered(column: Column, covered: Uint8Array | undefined): Column {
  if (covered === undefined) return column
  return { ...column, has: column.has.map((present, i) => present & ~(covered[i] ?? 0)) }
}

function cover(covered: Map<string, Uint8Array>, key: string, { has }: Column): void {
  const before = covered.get(key)
  covered.set(
    key,
    has.map((present, i) => present | (before?.[i] ?? 0)),
  )
}
