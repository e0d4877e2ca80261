import type { Cell, Column, Row } from './table.ts'

/** The most characters that a cell of a spreadsheet holds. */
const LONGEST_TEXT = 32_767
/** Texts that are written again and again are escaped once; no more of them are remembered than this. */
const MOST_TEXTS = 20_000

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** Number formats by unit; what stands in quotes is written as it is, so that 45 percent is 45 and not 0.45. */
const NUMBER_FORMATS: Readonly<Record<string, string>> = {
  watts: '#,##0.0" W"',
  joules: '#,##0" J"',
  percent: '0.0"%"',
  ratio: '0.000',
  celsius: '0.0" °C"',
  mebibytes: '#,##0" MiB"',
  megahertz: '#,##0" MHz"',
  megabits_per_second: '#,##0.0" Mbit/s"',
  cores: '0.00" cores"',
  seconds: '#,##0" s"',
  rpm: '#,##0" rpm"',
  volts: '0.00" V"',
  amperes: '0.00" A"',
  count: '#,##0',
}
const TIME_FORMAT = 'yyyy-mm-dd hh:mm:ss'

/** Styles: 0 plain, 1 the header, 2 times, then one for each unit. */
const UNITS = Object.keys(NUMBER_FORMATS)
const styleOf = ({ type, unit }: Column): number => {
  if (type === 'time') return 2
  const place = unit === null ? -1 : UNITS.indexOf(unit)
  return type === 'number' && place >= 0 ? place + 3 : 0
}

/** The stylesheet of every workbook. */
export function stylesXml(): string {
  const formats = [TIME_FORMAT, ...Object.values(NUMBER_FORMATS)]
  const list = formats.map(
    (code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${escaped(code)}"/>`,
  )
  const cells = formats.map(
    (_, index) =>
      `<xf numFmtId="${164 + index}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
  )
  return `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="${list.length}">${list.join('')}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF4"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length + 2}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>${cells.join('')}</cellXfs></styleSheet>`
}

/** The beginning of a sheet: its columns and a header that stays where it is. */
export function sheetHead(columns: readonly Column[]): string {
  const widths = columns.map(
    ({ name, type }, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${type === 'time' ? 20 : Math.max(12, name.length + 4)}" customWidth="1"/>`,
  )
  const header = columns.map(
    ({ name }, index) => `<c r="${letters(index)}1" s="1" t="inlineStr">${inline(name)}</c>`,
  )
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData><row r="1">${header.join('')}</row>\n`
}

/** The end of a sheet with so many rows below its header: filters on all columns. */
export function sheetTail(columns: readonly Column[], rows: number): string {
  const last = `${letters(columns.length - 1)}${rows + 1}`
  return `</sheetData><autoFilter ref="A1:${last}"/></worksheet>`
}

/** Writes rows of a sheet, the first of them at a number; every cell has its type and its unit. */
export function rowWriter(
  columns: readonly Column[],
): (rows: readonly Row[], first: number) => string {
  const places = columns.map((column, index) => ({
    letter: letters(index),
    style: ` s="${styleOf(column)}"`,
  }))
  const text = textWriter()
  const cell = (place: { letter: string; style: string }, row: number, value: Cell): string => {
    if (value === null) return ''
    const start = `<c r="${place.letter}${row}"`
    if (typeof value === 'string') return `${start} t="inlineStr">${text(value)}</c>`
    if (value instanceof Date) return `${start}${place.style}><v>${serialOf(value)}</v></c>`
    return Number.isFinite(value) ? `${start}${place.style}><v>${value}</v></c>` : ''
  }
  return (rows, first) => {
    let xml = ''
    for (const [offset, row] of rows.entries()) {
      const number = first + offset
      xml += `<row r="${number}">`
      for (const [index, place] of places.entries()) xml += cell(place, number, row[index] ?? null)
      xml += '</row>\n'
    }
    return xml
  }
}

function textWriter(): (text: string) => string {
  const texts = new Map<string, string>()
  return (text) => {
    const known = texts.get(text)
    if (known !== undefined) return known
    const made = inline(text)
    if (texts.size < MOST_TEXTS) texts.set(text, made)
    return made
  }
}

/** Days since the end of 1899, as spreadsheets count; in UTC. */
const serialOf = (time: Date): number => time.getTime() / 86_400_000 + 25_569

const inline = (text: string): string =>
  `<is><t xml:space="preserve">${escaped(text.toWellFormed().slice(0, LONGEST_TEXT))}</t></is>`

/** Text for XML. Characters that XML has no place for go; `_x0041_` would be read as a letter. */
export function escaped(text: string): string {
  return text
    .replace(FORBIDDEN, '')
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** The name of a column: A, B, …, Z, AA. */
function letters(index: number): string {
  const rest = Math.floor(index / 26)
  return (rest === 0 ? '' : letters(rest - 1)) + String.fromCharCode(65 + (index % 26))
}
