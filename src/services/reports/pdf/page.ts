import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import type { Report } from '../../../analysis/report/report.ts'
import type { Wording } from '../wording.ts'
import { COLOURS } from './colours.ts'

const LEFT = 42
const WIDTH = 595.28 - 2 * LEFT
const TOP = 64
const BOTTOM = 788

/** Where things are on an A4 page, in points. */
export const PAGE = { left: LEFT, right: LEFT + WIDTH, width: WIDTH, top: TOP, bottom: BOTTOM }

/** A report that is being drawn: `y` is where the next thing goes. */
export interface Sheet {
  readonly doc: PDFKit.PDFDocument
  readonly report: Report
  readonly words: Wording
  y: number
}

const resolve = createRequire(import.meta.url).resolve
const FONTS = {
  regular: '@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans-kr/700Bold/NotoSansKR_700Bold.ttf',
} as const

/** An empty document with its fonts. */
export function openSheet(report: Report, words: Wording): Sheet {
  const { texts, language } = words
  const { start_date: first, end_date: last } = report.period
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    bufferPages: true,
    lang: language,
    displayTitle: true,
    pdfVersion: '1.7',
    info: {
      ['Title']: `${texts.title} ${first === last ? first : `${first} – ${last}`}`,
      ['Author']: 'KCloud Monitor',
      ['Subject']: texts.templates[report.template],
      ['CreationDate']: report.manifest.generated_at,
    },
  })
  doc.registerFont('regular', resolve(FONTS.regular))
  doc.registerFont('bold', resolve(FONTS.bold))
  return { doc, report, words, y: TOP }
}

/** Begins a new page where less than `height` is left. */
export function ensure(sheet: Sheet, height: number): void {
  if (sheet.y + height <= BOTTOM) return
  sheet.doc.addPage()
  sheet.y = TOP
}

export interface Style {
  readonly size: number
  readonly font?: 'regular' | 'bold'
  readonly colour?: string
  readonly align?: 'left' | 'right' | 'center'
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** One line of text, shortened in its middle where it is too long. */
export function line({ doc }: Sheet, text: string, place: Place & Style): void {
  const { size, font = 'regular', colour = COLOURS.ink, align = 'left' } = place
  doc.font(font).fontSize(size).fillColor(colour)
  const fitted = shortened(doc, text, place.width)
  const free = place.width - doc.widthOfString(fitted)
  const shift = align === 'left' ? 0 : align === 'right' ? free : free / 2
  doc.text(fitted, place.x + shift, place.y - size * 0.18, { lineBreak: false })
}

/** The beginning and the end of a text that does not fit: names of pods differ at both. */
function shortened(doc: PDFKit.PDFDocument, text: string, width: number): string {
  if (doc.widthOfString(text) <= width) return text
  const letters = Array.from(text)
  const cut = (count: number): string => {
    const head = Math.ceil(count * 0.6)
    const tail = letters.slice(letters.length - (count - head))
    return `${letters.slice(0, head).join('')}…${tail.join('')}`
  }
  let kept = letters.length - 1
  while (kept > 1 && doc.widthOfString(cut(kept)) > width) kept -= 1
  return cut(kept)
}

/** Text over as many lines as it takes. */
export function paragraph(sheet: Sheet, text: string, style: Style): void {
  const { size, font = 'regular', colour = COLOURS.ink } = style
  const { doc } = sheet
  doc.font(font).fontSize(size)
  const height = doc.heightOfString(text, { width: WIDTH, lineGap: 1 })
  ensure(sheet, height)
  doc.font(font).fontSize(size).fillColor(colour)
  doc.text(text, LEFT, sheet.y, { width: WIDTH, lineGap: 1 })
  sheet.y += height + 4
}

/** The heading of a section, with room for what follows it; it is in the outline of the document. */
export function heading(sheet: Sheet, text: string, room = 90): void {
  ensure(sheet, 34 + room)
  sheet.y += 8
  const { doc, y } = sheet
  doc.outline.addItem(text)
  doc.rect(LEFT, y + 1, 3, 14).fill(COLOURS.accent)
  line(sheet, text, { x: LEFT + 10, y, width: WIDTH - 10, size: 13, font: 'bold' })
  sheet.y += 24
}

/** A smaller heading inside a section. */
export function subheading(sheet: Sheet, text: string, room = 60): void {
  ensure(sheet, 20 + room)
  sheet.y += 4
  line(sheet, text, {
    x: LEFT,
    y: sheet.y,
    width: WIDTH,
    size: 9.5,
    font: 'bold',
    colour: COLOURS.soft,
  })
  sheet.y += 16
}
