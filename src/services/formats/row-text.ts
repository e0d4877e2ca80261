import { cellWriter } from './cell-text.ts'
import type { Column, Row } from './table.ts'

/**
 * Writes rows as lines of JSON, one object a line with every column in order. It says what `JSON.stringify` would,
 * several times as fast: the names are written once, and texts and times are mostly those of the row before.
 */
export function rowWriter(columns: readonly Column[]): (rows: readonly Row[]) => string {
  const names = columns.map(
    ({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
  )
  const cell = cellWriter({
    text: (text) => JSON.stringify(text),
    time: (text) => `"${text}"`,
    nothing: 'null',
  })
  return (rows) => {
    let text = ''
    for (const row of rows) {
      for (let index = 0; index < names.length; index += 1)
        text += `${names[index] ?? ''}${cell(row[index] ?? null)}`
      text += '}\n'
    }
    return text
  }
}
