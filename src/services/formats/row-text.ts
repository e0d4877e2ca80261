import { lineWriter } from './line-text.ts'
import type { Column, Row } from './table.ts'

/**
 * Writes rows as lines of JSON, one object a line with every column in order. It says what `JSON.stringify` would,
 * several times as fast.
 */
export function rowWriter(columns: readonly Column[]): (rows: readonly Row[]) => string {
  return lineWriter(columns, {
    text: (text) => JSON.stringify(text),
    time: (text) => `"${text}"`,
    nothing: 'null',
    before: ({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
    end: '}\n',
  })
}
