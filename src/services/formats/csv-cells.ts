import { stringify } from 'csv-stringify/sync'
import { lineWriter } from './line-text.ts'
import type { Column, Row } from './table.ts'

/**
 * Writes rows as lines of CSV. csv-stringify says how a text is written: its quotes, and what keeps a spreadsheet from
 * running it. Each text is asked for once, since the same ones come again and again; numbers and times need no quotes.
 */
export function csvWriter(columns: readonly Column[]): (rows: readonly Row[]) => string {
  return lineWriter(columns, {
    text: (text) => stringify([[text]], { escape_formulas: true, eof: false }),
    time: (text) => text,
    nothing: '',
    before: (_column, index) => (index === 0 ? '' : ','),
    end: '\r\n',
  })
}
