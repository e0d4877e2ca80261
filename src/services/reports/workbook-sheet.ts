import type ExcelJS from 'exceljs'
import type { Report } from '../../analysis/report/report.ts'
import { JOULES_PER_KWH, type Wording } from './wording.ts'

/** A workbook that is being written. */
export interface Writing {
  readonly book: ExcelJS.Workbook
  readonly report: Report
  readonly words: Wording
}

/** How a column shows its values: the number format tells the unit. */
export const FORMATS = {
  text: '@',
  count: '#,##0',
  energy: '#,##0.0" kWh"',
  power: '#,##0.0" W"',
  percent: '0.0" %"',
  celsius: '0.0" °C"',
  hours: '0.00" h"',
  ratio: '0.000',
  money: '#,##0.00',
  carbon: '#,##0.0" kg CO2"',
  time: 'yyyy-mm-dd hh:mm',
} as const

export interface SheetColumn<Row> {
  readonly title: string
  readonly format: keyof typeof FORMATS
  readonly width: number
  readonly value: (row: Row) => string | number | Date | null
}

type SheetName = keyof Wording['texts']['sheets']

/** A4, as the file format counts sizes of paper. */
const A4 = 9

const HEADING = { argb: 'FF10304D' } as const

/** A sheet of one table: a heading that stays in sight, a filter, and a typed cell for every value. */
export function addTable<Row>(
  writing: Writing,
  name: SheetName,
  {
    columns,
    rows,
  }: { readonly columns: readonly SheetColumn<Row>[]; readonly rows: readonly Row[] },
): ExcelJS.Worksheet {
  const { book, words } = writing
  const sheet = book.addWorksheet(words.texts.sheets[name], {
    views: [{ state: 'frozen', xSplit: 0, ySplit: 1, showGridLines: false }],
    pageSetup: { orientation: 'landscape', fitToPage: true, fitToHeight: 0 },
  })
  Object.assign(sheet.pageSetup, { paperSize: A4 })
  sheet.columns = columns.map(({ width, format }) => ({
    width,
    style: { numFmt: FORMATS[format] },
  }))
  writeHeading(
    sheet,
    columns.map(({ title }) => title),
  )
  for (const row of rows) sheet.addRow(columns.map(({ value }) => value(row)))
  sheet.autoFilter = {
    from: { row: 1, column: 1 },
    to: { row: rows.length + 1, column: columns.length },
  }
  return sheet
}

function writeHeading(sheet: ExcelJS.Worksheet, titles: readonly string[]): void {
  const heading = sheet.addRow([...titles])
  heading.height = 22
  heading.eachCell((cell) => {
    cell.font = { bold: true, color: { argb: 'FFFFFFFF' } }
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: HEADING }
    cell.alignment = { vertical: 'middle', wrapText: true }
    cell.numFmt = FORMATS.text
  })
}

/** Joules as kWh, in full precision. */
export const kwh = (joules: number | null): number | null =>
  joules === null ? null : joules / JOULES_PER_KWH

/** Excel has no zones: the time that the clocks of the zone showed. */
export function localTime({ report }: Writing): (time: Date | null) => Date | null {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: report.timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  return (time) => (time === null ? null : new Date(`${format.format(time).replace(' ', 'T')}Z`))
}

/** The columns that every table of energies has. */
export function energyColumns<
  Row extends {
    readonly energy_joules: number | null
    readonly mean_power_watts: number | null
    readonly share_percent: number | null
  },
>({ words: { texts } }: Writing): readonly SheetColumn<Row>[] {
  return [
    { title: texts.energy, format: 'energy', width: 16, value: (row) => kwh(row.energy_joules) },
    { title: texts.meanPower, format: 'power', width: 16, value: (row) => row.mean_power_watts },
    { title: texts.share, format: 'percent', width: 11, value: (row) => row.share_percent },
  ]
}
