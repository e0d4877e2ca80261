import type { writeColumn } from 'hyparquet-writer/src/column.js'
import type { Column, Row } from './table.ts'

type Page = Parameters<typeof writeColumn>[0]['pageData']
type Statistics = NonNullable<
  NonNullable<ReturnType<typeof writeColumn>['chunk']['meta_data']>['statistics']
>

/** The rows of a row group, column by column: rows are given up as they come, and do not grow old in memory. */
export interface Group {
  add(rows: readonly Row[]): void
  count(): number
  /** A flat column of values that may be missing: its definition level is 1 where there is one. */
  column(index: number): { readonly page: Page; readonly statistics: Statistics }
}

type Value = string | number | bigint | null

/** A group without rows. */
export function emptyGroup(columns: readonly Column[]): Group {
  const values: Value[][] = columns.map(() => [])
  const physical = columns.map(({ type }) => (type === 'time' ? millisecondsOf() : plain))
  let count = 0
  return {
    add(rows) {
      for (const row of rows)
        for (const [index, column] of values.entries())
          column.push(physical[index]?.(row[index] ?? null) ?? null)
      count += rows.length
    },
    count: () => count,
    column(index) {
      const column = values[index] ?? []
      const definitionLevels = column.map((value) => (value === null ? 0 : 1))
      const page = { values: column, definitionLevels, repetitionLevels: [], maxDefinitionLevel: 1 }
      return { page, statistics: statisticsOf(column) }
    },
  }
}

type Physical = (cell: Row[number]) => Value

// A time in a column of another kind is none.
const plain: Physical = (cell) => (cell instanceof Date ? null : cell)

/** Times as Parquet has them; the rows of one time are made one number. */
function millisecondsOf(): Physical {
  let [last, milliseconds]: [number, bigint] = [Number.NaN, 0n]
  return (cell) => {
    if (!(cell instanceof Date)) return null
    const time = cell.getTime()
    if (time !== last) [last, milliseconds] = [time, BigInt(time)]
    return milliseconds
  }
}

/** The least and the greatest of the values, each looked at once; texts in the order of their bytes. */
function statisticsOf(values: readonly Value[]): Statistics {
  const distinct = new Set(values)
  const nulls = distinct.delete(null) ? values.filter((value) => value === null).length : 0
  const known = [...distinct].filter((value) => value !== null && !Number.isNaN(value))
  const least = known.reduce<Value>((a, b) => (a === null || isBefore(b, a) ? b : a), null)
  const most = known.reduce<Value>((a, b) => (a === null || isBefore(a, b) ? b : a), null)
  return {
    null_count: BigInt(nulls),
    ...(least !== null && { min_value: zeroAs(least, -0) }),
    ...(most !== null && { max_value: zeroAs(most, 0) }),
  }
}

/** Zeros have two signs: the least is the negative one, the greatest the other. */
const zeroAs = (value: NonNullable<Value>, zero: number): NonNullable<Value> =>
  value === 0 ? zero : value

/** Characters that JavaScript orders otherwise than their bytes are. */
const ODD = /[\ud800-\uffff]/

function isBefore(a: Value, b: Value): boolean {
  if (a === null || b === null) return false
  const isOrdinary = typeof a !== 'string' || typeof b !== 'string' || !ODD.test(a + b)
  return isOrdinary ? a < b : Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
}
