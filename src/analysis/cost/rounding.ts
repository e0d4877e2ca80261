import { microsBelow, nearestMicros, total, type Decimal } from './decimal.ts'

/**
 * Amounts in millionths that add up to the rounded sum of the exact ones: all are rounded down, and those with the
 * largest remainders get what is missing. Each is less than one millionth from its exact amount; none becomes
 * negative, and what is nothing stays nothing.
 */
export function roundParts(exact: readonly Decimal[], sum = nearestMicros(total(exact))): bigint[] {
  const below = exact.map(microsBelow)
  const micros = below.map((part) => part.micros)
  const missing = Number(sum - micros.reduce((a, b) => a + b, 0n))
  const byRest = [...exact.keys()].sort((a, b) => compare(below[b]?.rest, below[a]?.rest))
  for (const index of byRest.slice(0, missing)) micros[index] = (micros[index] ?? 0n) + 1n
  return micros
}

const compare = (a: bigint | undefined = 0n, b: bigint | undefined = 0n): number =>
  a === b ? 0 : a < b ? -1 : 1

/** Rows and columns of amounts in millionths: every row adds up to its sum, every column to its own. */
export interface RoundedTable {
  readonly cells: readonly (readonly bigint[])[]
  readonly rows: readonly bigint[]
  readonly columns: readonly bigint[]
  readonly sum: bigint
}

/**
 * A table of exact amounts in millionths, whose rows, columns and whole add up exactly as they are printed. The sum of
 * a row is less than one millionth from the exact one; a cell and the sum of a column at most three. `rows`
 * prescribes the sums of the rows, where another table of the same amounts was printed before.
 */
export function roundTable(
  exact: readonly (readonly Decimal[])[],
  rows = roundParts(exact.map(total)),
): RoundedTable {
  const width = exact[0]?.length ?? 0
  const owed = columnRemainders(exact, width)
  const cells = exact.map((row, index) => rounded(row, { owed, sum: rows[index] ?? 0n }))
  const columns = Array.from({ length: width }, (_, column) =>
    sumOf(cells.map((row) => row[column] ?? 0n)),
  )
  return { cells, rows, columns, sum: sumOf(rows) }
}

/** How many millionths each column lacks when all of its cells are rounded down. */
function columnRemainders(exact: readonly (readonly Decimal[])[], width: number): bigint[] {
  return Array.from({ length: width }, (_, column) =>
    nearestMicros(total(exact.map((row) => microsBelow(row[column] ?? 0n).rest))),
  )
}

interface Filling {
  /** What the columns still lack. */
  readonly owed: bigint[]
  readonly sum: bigint
}

/** A row rounded down, and then up where the columns lack most; a cell that is nothing stays nothing. */
function rounded(exact: readonly Decimal[], { owed, sum }: Filling): readonly bigint[] {
  const row = exact.map((value) => microsBelow(value).micros)
  const some = [...row.keys()].filter((column) => exact[column] !== 0n)
  for (let missing = sum - sumOf(row); missing > 0n && some.length > 0; missing -= 1n) {
    const column = some.reduce((a, b) => ((owed[b] ?? 0n) > (owed[a] ?? 0n) ? b : a))
    row[column] = (row[column] ?? 0n) + 1n
    owed[column] = (owed[column] ?? 0n) - 1n
  }
  return row
}

const sumOf = (micros: readonly bigint[]): bigint => micros.reduce((a, b) => a + b, 0n)
