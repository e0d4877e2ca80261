import { stringify } from 'csv-stringify/sync'
import { cellWriter } from './cell-text.ts'
import type { Row } from './table.ts'

/**
 * Writes rows as lines of CSV. csv-stringify says how a text is written: its quotes, and what keeps a spreadsheet from
 * running it. Each text is asked for once, since the same ones come again and again; numbers and times need no quotes.
 */
export function lineWriter(): (rows: readonly Row[]) => string {
  const cell = cellWriter({
    text: (text) => stringify([[text]], { escape_formulas: true, eof: false }),
    time: (text) => text,
    nothing: '',
  })
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
