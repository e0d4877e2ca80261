import { stringify } from 'csv-stringify/sync'
import type { Cell, Row } from './table.ts'

/** Texts that are written again and again are quoted once; no more of them are remembered than this. */
const MOST_TEXTS = 20_000

/**
 * Writes rows as lines of CSV. csv-stringify says how a text is written: its quotes, and what keeps a spreadsheet from
 * running it. Each text is asked for once, since the same ones come again and again; numbers and times need no quotes.
 */
export function lineWriter(): (rows: readonly Row[]) => string {
  const cell = cellWriter()
  return (rows) => {
    let lines = ''
    for (const row of rows) {
      for (let index = 0; index < row.length; index += 1)
        lines += (index === 0 ? '' : ',') + cell(row[index] ?? null)
      lines += '\r\n'
    }
    return lines
  }
}

function cellWriter(): (cell: Cell) => string {
  const texts = new Map<string, string>()
  let [time, timeText] = [Number.NaN, '']

  function quoted(text: string): string {
    const known = texts.get(text)
    if (known !== undefined) return known
    const made = stringify([[text]], { escape_formulas: true, eof: false })
    if (texts.size < MOST_TEXTS) texts.set(text, made)
    return made
  }
  function timestamp(at: Date): string {
    if (at.getTime() !== time) [time, timeText] = [at.getTime(), at.toISOString()]
    return timeText
  }
  return (cell) => {
    if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
    if (typeof cell === 'string') return quoted(cell)
    return cell === null ? '' : timestamp(cell)
  }
}
