import { createRequire } from 'node:module'
import { setImmediate as nextTurn } from 'node:timers/promises'
import PDFDocument from 'pdfkit'

/** A column of a table on paper: how many letters its cells have at most decides its width. */
export interface GridColumn {
  readonly title: string
  readonly isNumber: boolean
  readonly letters: number
}

/** A document in the making. What it gives are its bytes so far. */
export interface Pages {
  /** A table from a new page on, with its header on each. */
  grid(columns: readonly GridColumn[]): {
    add(cells: readonly string[]): AsyncGenerator<Uint8Array>
  }
  end(): AsyncGenerator<Uint8Array>
}

interface Titles {
  readonly title: string
  readonly about: string
  readonly foot: string
  readonly createdAt: Date
}

const FONT = '@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf'
const MARGIN = 28
const [WIDTH, HEIGHT] = [841.89, 595.28]
const INNER = WIDTH - 2 * MARGIN
const TOP = 52
const BOTTOM = HEIGHT - 34
const GAP = 5
/** Of a letter, as part of the size of its font. */
const LETTER = 0.56
const [LEAST_SIZE, MOST_SIZE] = [4.5, 8]
const COLOURS = { ink: '#1B2733', soft: '#5B6B7A', rule: '#DCE3E9', band: '#F3F6F9' }

type Document = PDFKit.PDFDocument

/** Opens a document of A4, lying on its side, with a font that has Korean. */
export function openPages(titles: Titles): Pages {
  const doc = new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    info: {
      ['Title']: titles.title,
      ['Author']: 'KCloud Monitor',
      ['CreationDate']: titles.createdAt,
    },
  })
  doc.registerFont('text', createRequire(import.meta.url).resolve(FONT))
  let number = 0
  const begin = (): void => {
    number += 1
    doc.addPage()
    drawTitles(doc, titles, number)
  }
  return {
    grid: (columns) => gridOf(doc, columns, begin),
    async *end() {
      doc.end()
      for await (const piece of doc) yield piece as Uint8Array
    },
  }
}

function drawTitles(doc: Document, { title, about, foot }: Titles, number: number): void {
  const place = { size: 8, colour: COLOURS.soft, width: INNER / 2, isRight: false }
  drawText(doc, title, { ...place, x: MARGIN, y: 20 })
  drawText(doc, about, { ...place, x: MARGIN + INNER / 2, y: 20, isRight: true })
  drawText(doc, foot, { ...place, size: 6.5, x: MARGIN, y: HEIGHT - 24 })
  drawText(doc, `Page ${number}`, {
    ...place,
    size: 6.5,
    x: MARGIN + INNER / 2,
    y: HEIGHT - 24,
    isRight: true,
  })
}

interface Placed extends GridColumn {
  readonly x: number
  readonly width: number
}

function gridOf(doc: Document, columns: readonly GridColumn[], begin: () => void) {
  const letters = columns.reduce((sum, column) => sum + column.letters, 0)
  const free = INNER - GAP * columns.length
  const size = Math.max(LEAST_SIZE, Math.min(MOST_SIZE, free / (letters * LETTER)))
  const places = placesOf(columns, free / letters)
  const height = size * 1.55
  let y = BOTTOM
  let isOdd = false
  const header = (): void => {
    begin()
    for (const place of places)
      drawText(doc, place.title, { ...place, y: TOP - height, size, isRight: place.isNumber })
    doc
      .moveTo(MARGIN, TOP)
      .lineTo(MARGIN + INNER, TOP)
      .lineWidth(0.8)
      .stroke(COLOURS.soft)
    y = TOP + 2
  }
  return {
    async *add(cells: readonly string[]): AsyncGenerator<Uint8Array> {
      if (y + height > BOTTOM) {
        // A page takes some milliseconds: others have their turn between two.
        await nextTurn()
        yield* taken(doc)
        header()
      }
      if (isOdd) doc.rect(MARGIN, y, INNER, height).fill(COLOURS.band)
      for (const [index, place] of places.entries())
        drawText(doc, cells[index] ?? '', { ...place, y, size, isRight: place.isNumber })
      isOdd = !isOdd
      y += height
    },
  }
}

function placesOf(columns: readonly GridColumn[], each: number): readonly Placed[] {
  let x = MARGIN
  return columns.map((column) => {
    const place = { ...column, x, width: column.letters * each }
    x += place.width + GAP
    return place
  })
}

interface Style {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly size: number
  readonly isRight: boolean
  readonly colour?: string
}

/** One line of text; one that is too long is written smaller, and cut only where that would not be read. */
function drawText(doc: Document, text: string, style: Style): void {
  if (text === '') return
  const { x, y, width, isRight, colour = COLOURS.ink } = style
  doc.font('text').fontSize(style.size)
  const wanted = doc.widthOfString(text)
  const size = wanted <= width ? style.size : Math.max(3, (style.size * width) / wanted)
  const needed = (wanted * size) / style.size
  const shown = needed <= width * 1.001 ? text : cut(text, width / needed)
  const left = isRight ? x + Math.max(0, width - needed) : x
  doc.fontSize(size).fillColor(colour)
  doc.text(shown, left, y + (style.size - size) / 2, { lineBreak: false })
}

/** The beginning and the end of a text of which so much fits. */
function cut(text: string, share: number): string {
  const letters = Array.from(text)
  const kept = Math.max(2, Math.floor(letters.length * share) - 1)
  const head = Math.ceil(kept * 0.6)
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (kept - head)).join('')}`
}

/** The bytes that are ready. */
function* taken(doc: Document): Generator<Uint8Array> {
  for (;;) {
    const piece = doc.read() as Uint8Array | null
    if (piece === null) return
    yield piece
  }
}
