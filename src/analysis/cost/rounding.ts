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
  const below = exact.map((row) => row.map((value) => microsBelow(value).micros))
  const missing = rows.map((sum, index) => sum - sumOf(below[index] ?? []))
  const owed = owedOf(exact, { below, width, sum: sumOf(rows) })
  const cells: (readonly bigint[])[] = [...below]
  // Who lacks most has the fewest choices left at the end.
  for (const index of inOrderOf(missing))
    cells[index] = filled(below[index] ?? [], {
      exact: exact[index] ?? [],
      owed,
      missing: missing[index] ?? 0n,
    })
  const columns = Array.from({ length: width }, (_, column) => columnSum(cells, column))
  return { cells, rows, columns, sum: sumOf(rows) }
}

interface Below {
  readonly below: readonly (readonly bigint[])[]
  readonly width: number
  readonly sum: bigint
}

/** How many millionths each column lacks of its own rounded sum when all of its cells are rounded down. */
function owedOf(exact: readonly (readonly Decimal[])[], { below, width, sum }: Below): bigint[] {
  const whole = Array.from({ length: width }, (_, column) => columnSum(exact, column))
  return roundParts(whole, sum).map((micros, column) => micros - columnSum(below, column))
}

const columnSum = (rows: readonly (readonly bigint[])[], column: number): bigint =>
  sumOf(rows.map((row) => row[column] ?? 0n))

const inOrderOf = (missing: readonly bigint[]): readonly number[] =>
  [...missing.keys()].sort((a, b) => compare(missing[b], missing[a]))

interface Filling {
  readonly exact: readonly Decimal[]
  /** What the columns still lack. */
  readonly owed: bigint[]
  readonly missing: bigint
}

/** A row that was rounded down, now up where the columns lack most; a cell that is nothing stays nothing. */
function filled(below: readonly bigint[], { exact, owed, missing }: Filling): readonly bigint[] {
  const row = [...below]
  const open = [...row.keys()].filter((column) => exact[column] !== 0n)
  for (let left = missing; left > 0n && open.length > 0; left -= 1n) {
    const column = open.reduce((a, b) => ((owed[b] ?? 0n) > (owed[a] ?? 0n) ? b : a))
    row[column] = (row[column] ?? 0n) + 1n
    owed[column] = (owed[column] ?? 0n) - 1n
  }
  return row
}

const sumOf = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n)
