/** What a column holds. Times are UTC; numbers are doubles; a text is never read as anything else. */
export type ColumnType = 'text' | 'number' | 'time'

/** A column of a table, the same in every format. */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** What its numbers are in; null for texts, times and plain numbers. */
  readonly unit: string | null
  readonly description: string
}

/** Null is "not reported". Of a number that is none, as of infinities, there is no cell but null. */
export type Cell = string | number | Date | null

/** The cells of all columns, in their order. */
export type Row = readonly Cell[]

/** Rows that come together, and the same as lines of JSON, each with its line end. */
export interface Batch {
  readonly rows: readonly Row[]
  readonly text: string
}
