import { compareText } from './group.ts'
import { sumKnown } from './sum.ts'

interface Entry {
  readonly cluster: string
  readonly value: number | null
}

/** A row with its place among the others. */
export type Ranked<Row> = Row & {
  /** 1 for the highest value, equal for equal ones; null where there is no value. */
  readonly rank: number | null
  /** Of the sum of all values, 0 to 100; null where they do not add up, or add up to 0. */
  readonly share_percent: number | null
}

/** Rows by value, the highest first and those without one last. `adds`: whether a sum of them means anything. */
export function ranked<Row extends Entry>(
  rows: readonly Row[],
  adds: boolean,
): { readonly total: number | null; readonly rows: readonly Ranked<Row>[] } {
  const total = adds ? sumKnown(rows.map(({ value }) => value)) : null
  const values = rows.flatMap(({ value }) => (value === null ? [] : [value]))
  const placed = rows.map((row) => ({
    ...row,
    rank: row.value === null ? null : 1 + countAbove(values, row.value),
    share_percent:
      row.value === null || total === null || total <= 0 ? null : (row.value / total) * 100,
  }))
  return { total, rows: placed.sort(byRank) }
}

const countAbove = (values: readonly number[], least: number): number =>
  values.filter((value) => value > least).length

function byRank(a: Ranked<Entry>, b: Ranked<Entry>): number {
  const difference = (a.rank ?? Infinity) - (b.rank ?? Infinity)
  return a.rank === b.rank ? compareText(a.cluster, b.cluster) : difference
}
