import type { Labels } from './samples.ts'

/** The times a query is evaluated at: `steps` of them from `startMs` on. Whole unix milliseconds, as in Prometheus. */
export interface Grid {
  readonly startMs: number
  readonly stepMs: number
  readonly steps: number
}

/** One series on a grid. `has[i]` is 1 where it has a value; elsewhere `values[i]` means nothing. */
export interface Column {
  readonly labels: Labels
  readonly values: Float64Array
  readonly has: Uint8Array
}

/** A column without any value yet, for its maker to fill. */
export function emptyColumn(labels: Labels, steps: number): Column {
  return { labels, values: new Float64Array(steps), has: new Uint8Array(steps) }
}

/** Whether the column has a value anywhere. */
export function hasValues(column: Column): boolean {
  return column.has.includes(1)
}

/** The value of a label; the empty string where it is absent, which Prometheus cannot tell apart. */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''
}

/** The same labels without the metric's name. */
export function withoutName(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__'))
}

/** One text for equal label sets, whatever their order and whether a label is absent or empty. */
export function identityOf(labels: Labels): string {
  const present = Object.entries(labels).filter(([, value]) => value !== '')
  return JSON.stringify(present.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Drops the metric's name. Series that only the name told apart become one where each has its own steps, as
 * Prometheus does for everything it evaluates step by step. Throws a TypeError where two have the same step.
 */
export function dropName(columns: readonly Column[]): readonly Column[] {
  const nameless = columns.map((column) => ({ ...column, labels: withoutName(column.labels) }))
  return shareOneName(columns) ? nameless : merge(nameless)
}

/**
 * Drops the metric's name from the results of window functions, which Prometheus compares over the whole
 * range: throws a TypeError where two series become one, also when they never share a step.
 */
export function dropNameOfWindows(columns: readonly Column[]): readonly Column[] {
  const nameless = columns.map((column) => ({ ...column, labels: withoutName(column.labels) }))
  if (shareOneName(columns)) return nameless
  const known = new Set(nameless.map(({ labels }) => identityOf(labels)))
  if (known.size < nameless.length) throw sameLabels()
  return nameless
}

/** Distinct series of one name stay distinct without it, so nothing needs to be compared. */
function shareOneName(columns: readonly Column[]): boolean {
  const names = new Set(columns.map(({ labels }) => labelOf(labels, '__name__')))
  return names.size <= 1
}

/** Joins columns with equal labels. Throws a TypeError where two of them have the same step. */
export function merge(columns: readonly Column[]): readonly Column[] {
  const merged = new Map<string, Column>()
  for (const column of columns) {
    const identity = identityOf(column.labels)
    const known = merged.get(identity)
    merged.set(identity, known === undefined ? column : join(known, column))
  }
  return [...merged.values()]
}

function join(a: Column, b: Column): Column {
  const joined: Column = { labels: a.labels, values: a.values.slice(), has: a.has.slice() }
  for (const [i, present] of b.has.entries()) {
    if (present === 0) continue
    if (a.has[i] === 1) throw sameLabels()
    joined.has[i] = 1
    joined.values[i] = b.values[i] ?? Number.NaN
  }
  return joined
}

function sameLabels(): TypeError {
  return new TypeError('vector cannot contain metrics with the same labelset')
}
