import type { Cell } from './table.ts'

/** How a format writes what is in a cell. */
export interface CellDialect {
  readonly text: (text: string) => string
  /** A time, from its RFC 3339 form. */
  readonly time: (text: string) => string
  /** What stands for a cell without a value, and for a number that is none. */
  readonly nothing: string
}

/** Texts that are written again and again are quoted once; no more of them are remembered than this. */
const MOST_TEXTS = 20_000

/** Writes cells, each text once and the time of the row before once: the same ones come again and again. */
export function cellWriter({ text: quote, time, nothing }: CellDialect): (cell: Cell) => string {
  const texts = new Map<string, string>()
  let [last, lastText] = [Number.NaN, '']

  function quoted(text: string): string {
    const known = texts.get(text)
    if (known !== undefined) return known
    const made = quote(text)
    if (texts.size < MOST_TEXTS) texts.set(text, made)
    return made
  }
  function timestamp(at: Date): string {
    if (at.getTime() !== last) [last, lastText] = [at.getTime(), time(at.toISOString())]
    return lastText
  }
  return (cell) => {
    if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : nothing
    if (typeof cell === 'string') return quoted(cell)
    return cell === null ? nothing : timestamp(cell)
  }
}
