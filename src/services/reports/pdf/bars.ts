import { legend, ticksOf, valueAxis, yOf, type Scale } from './axis.ts'
import { COLOURS } from './colours.ts'
import { ensure, line, PAGE, type Sheet } from './page.ts'

/** A column of a chart; null draws nothing. */
export interface Column {
  readonly label: string
  readonly value: number | null
}

/** Columns beside one another, such as days. */
export function columnChart(
  sheet: Sheet,
  columns: readonly Column[],
  { unit, height }: { readonly unit: string; readonly height: number },
): void {
  const box = { x: PAGE.left + 44, y: sheet.y + 20, width: PAGE.width - 50, height: height - 40 }
  const most = columns.reduce((a, { value }) => Math.max(a, value ?? 0), 0)
  const ticks = ticksOf(0, most === 0 ? 1 : most)
  const scale: Scale = { box, least: 0, most: ticks.at(-1) ?? 1, from: 0, until: 1 }
  valueAxis(sheet, scale, { ticks, unit })
  const slot = box.width / Math.max(1, columns.length)
  const each = Math.ceil(columns.length / 16)
  for (const [index, { label, value }] of columns.entries()) {
    const x = box.x + index * slot
    const width = Math.min(34, slot * 0.68)
    if (value !== null) {
      const y = yOf(scale, value)
      const rest = box.y + box.height - y
      sheet.doc.rect(x + (slot - width) / 2, y, width, rest).fill(COLOURS.accent)
    }
    if (index % each === 0) {
      const place = { x: x + slot / 2 - 25, y: box.y + box.height + 6, width: 50 }
      line(sheet, label, { ...place, size: 7, colour: COLOURS.soft, align: 'center' })
    }
  }
  sheet.y += height
}

/** Pieces of one bar that together are all of it. */
export interface Piece {
  readonly name: string
  readonly colour: string
  readonly value: number
}

/** Bars of the whole width, each divided into its pieces, with the legend above. */
export function dividedBars(
  sheet: Sheet,
  bars: readonly { readonly label: string; readonly pieces: readonly Piece[] }[],
): void {
  const labels = bars.some(({ label }) => label !== '') ? 130 : 0
  const [first] = bars
  const entries = (first?.pieces ?? []).map(({ colour, name }) => [colour, name] as const)
  ensure(sheet, 16 + bars.length * 17)
  legend(sheet, { x: PAGE.left, y: sheet.y, width: PAGE.width }, entries)
  sheet.y += 15
  for (const { label, pieces } of bars) {
    const whole = pieces.reduce((sum, { value }) => sum + value, 0)
    let x = PAGE.left + labels
    if (labels > 0) line(sheet, label, { x: PAGE.left, y: sheet.y + 2, width: labels - 8, size: 8 })
    for (const { colour, value } of pieces) {
      const width = whole === 0 ? 0 : (value / whole) * (PAGE.width - labels)
      sheet.doc.rect(x, sheet.y, width, 11).fill(colour)
      x += width
    }
    sheet.y += 17
  }
  sheet.y += 2
}
