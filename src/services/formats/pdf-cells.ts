import type { Cell } from './table.ts'

const DIGITS = 7

/** A cell as people read it: times without the letters of RFC 3339, numbers to seven digits; nothing where nothing is. */
export function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number')
    return Number.isFinite(cell) ? String(Number(cell.toPrecision(DIGITS))) : ''
  if (cell instanceof Date)
    return cell
      .toISOString()
      .replace('T', ' ')
      .replace(/(\.000)?Z$/, '')
  return cell
}
