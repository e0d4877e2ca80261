import type { Cell, Column, Row } from './table.ts'

/** Texts that are written again and again are quoted once; no more of them are remembered than this. */
const MOST_TEXTS = 20_000

/**
 * Writes rows as lines of JSON, one object a line with every column in order. It says what `JSON.stringify` would,
 * several times as fast: the names are written once, and texts and times are mostly those of the row before.
 */
export function rowWriter(columns: readonly Column[]): (rows: readonly Row[]) => string {
  const names = columns.map(
    ({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
  )
  const cell = cellWriter()
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

/** The JSON of one cell. */
function cellWriter(): (cell: Cell) => string {
  const texts = new Map<string, string>()
  let [time, timeText] = [Number.NaN, '']

  function quoted(text: string): string {
    const known = texts.get(text)
    if (known !== undefined) return known
    const made = JSON.stringify(text)
    if (texts.size < MOST_TEXTS) texts.set(text, made)
    return made
  }
  function timestamp(at: Date): string {
    if (at.getTime() !== time) [time, timeText] = [at.getTime(), `"${at.toISOString()}"`]
    return timeText
  }
  return (cell) => {
    if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : 'null'
    if (typeof cell === 'string') return quoted(cell)
    return cell === null ? 'null' : timestamp(cell)
  }
}
