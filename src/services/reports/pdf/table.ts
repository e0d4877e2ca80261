import { COLOURS } from './colours.ts'
import { ensure, line, PAGE, type Sheet } from './page.ts'

/** A column: its heading, its share of the width, and whether it holds numbers, which stand to the right. */
export interface TableColumn {
  readonly title: string
  readonly weight: number
  readonly isNumber?: boolean
}

/** A cell: text, or a bar of a share of the column from 0 to 1. */
export type Cell = string | { readonly bar: number }

export interface TableRow {
  readonly cells: readonly Cell[]
  /** A remainder or sum, which is set apart. */
  readonly isQuiet?: boolean
}

const ROW = 15.5
const GAP = 8

/** Draws a table. Its heading is repeated on every page that it goes on. */
export function table(
  sheet: Sheet,
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
): void {
  ensure(sheet, ROW * 3)
  const places = placesOf(columns)
  drawHeading(sheet, columns, places)
  for (const [index, row] of rows.entries()) {
    if (sheet.y + ROW > PAGE.bottom) {
      ensure(sheet, ROW * 2)
      drawHeading(sheet, columns, places)
    }
    if (index % 2 === 1) sheet.doc.rect(PAGE.left, sheet.y, PAGE.width, ROW).fill(COLOURS.band)
    drawRow(sheet, row, { columns, places })
    sheet.y += ROW
  }
  sheet.y += 10
}

interface CellPlace {
  readonly x: number
  readonly width: number
}

function placesOf(columns: readonly TableColumn[]): readonly CellPlace[] {
  const whole = columns.reduce((sum, { weight }) => sum + weight, 0)
  const free = PAGE.width - GAP * (columns.length + 1)
  let x = PAGE.left + GAP
  return columns.map(({ weight }) => {
    const place = { x, width: (weight / whole) * free }
    x += place.width + GAP
    return place
  })
}

function drawHeading(
  sheet: Sheet,
  columns: readonly TableColumn[],
  places: readonly CellPlace[],
): void {
  for (const [index, { title, isNumber = false }] of columns.entries()) {
    const place = places[index] ?? { x: 0, width: 0 }
    line(sheet, title, {
      ...place,
      y: sheet.y + 4,
      size: 7.5,
      font: 'bold',
      colour: COLOURS.soft,
      align: isNumber ? 'right' : 'left',
    })
  }
  sheet.y += ROW
  const { doc, y } = sheet
  doc.moveTo(PAGE.left, y).lineTo(PAGE.right, y).lineWidth(0.8).strokeColor(COLOURS.navy).stroke()
}

function drawRow(
  sheet: Sheet,
  { cells, isQuiet = false }: TableRow,
  {
    columns,
    places,
  }: { readonly columns: readonly TableColumn[]; readonly places: readonly CellPlace[] },
): void {
  for (const [index, cell] of cells.entries()) {
    const place = places[index] ?? { x: 0, width: 0 }
    if (typeof cell === 'string')
      line(sheet, cell, {
        ...place,
        y: sheet.y + 4,
        size: 8,
        colour: isQuiet ? COLOURS.soft : COLOURS.ink,
        align: columns[index]?.isNumber === true ? 'right' : 'left',
      })
    else drawBar(sheet, cell.bar, { place, isQuiet })
  }
}

function drawBar(
  { doc, y }: Sheet,
  share: number,
  { place, isQuiet }: { readonly place: CellPlace; readonly isQuiet: boolean },
): void {
  const width = Math.max(0, Math.min(1, share)) * place.width
  doc.rect(place.x, y + 4.5, width, 6.5).fill(isQuiet ? COLOURS.previous : COLOURS.accent)
}
