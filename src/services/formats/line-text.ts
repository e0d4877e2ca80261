import { cellWriter, type CellDialect } from './cell-text.ts'
import type { Cell, Column, Row } from './table.ts'

/** How a row becomes a line of text. */
export interface LineDialect extends CellDialect {
  /** What stands before the cell of a column. */
  readonly before: (column: Pick<Column, 'name'>, index: number) => string
  readonly end: string
}

/** Columns that stand side by side: texts, or one of another kind. */
interface Part {
  readonly from: number
  readonly until: number
}

/**
 * Writes rows as lines. The names of a thing are the same in every row of it, and things come in the same order at each
 * time: texts side by side are joined once, and found again by their place in that order.
 */
export function lineWriter(
  columns: readonly Column[],
  { before, end, ...dialect }: LineDialect,
): (rows: readonly Row[]) => string {
  const cell = cellWriter(dialect)
  const starts = columns.map((column, index) => before(column, index))
  const single = (row: Row, index: number): string =>
    (starts[index] ?? '') + cell(row[index] ?? null)
  const writers = partsOf(columns).map(({ from, until }) =>
    until - from === 1 ? (row: Row) => single(row, from) : joined({ from, until }, single),
  )
  return (rows) => {
    let text = ''
    for (const row of rows) {
      for (const write of writers) text += write(row)
      text += end
    }
    return text
  }
}

function partsOf(columns: readonly Column[]): readonly Part[] {
  const parts: Part[] = []
  for (const [index, { type }] of columns.entries()) {
    const last = parts.at(-1)
    const isSame = type === 'text' && columns[index - 1]?.type === 'text'
    if (last !== undefined && isSame) parts[parts.length - 1] = { ...last, until: index + 1 }
    else parts.push({ from: index, until: index + 1 })
  }
  return parts
}

interface Known {
  readonly row: Row
  readonly text: string
}

/** No more rows than this are remembered. */
const MOST_KNOWN = 20_000

/** Texts side by side: those of the row that came at this place before are compared with first. */
function joined(part: Part, single: (row: Row, index: number) => string): (row: Row) => string {
  const known: Known[] = []
  let next = 0
  let time: Cell | undefined
  return (row) => {
    if (row[0] !== time) [time, next] = [row[0], 0]
    const place = placeOf(known, next, (other) => isSame(part, row, other))
    next = place + 1
    const found = known[place]
    if (found !== undefined && isSame(part, row, found.row)) return found.text
    let text = ''
    for (let index = part.from; index < part.until; index += 1) text += single(row, index)
    if (place < MOST_KNOWN) known[place] = { row, text }
    return text
  }
}

/** Some things are missing at some times: how far ahead a row is looked for. */
const REACH = 8

function placeOf(known: readonly Known[], next: number, isIt: (row: Row) => boolean): number {
  const most = Math.min(known.length, next + REACH)
  for (let place = next; place < most; place += 1) {
    const other = known[place]
    if (other !== undefined && isIt(other.row)) return place
  }
  return Math.min(next, known.length)
}

function isSame({ from, until }: Part, row: Row, other: Row): boolean {
  for (let index = from; index < until; index += 1) if (row[index] !== other[index]) return false
  return true
}
