import { KCloudError } from '../../kernel/errors.ts'
import { csv } from './csv.ts'
import type { Format, Table } from './format.ts'
import { manifestLines } from './manifest.ts'
import { cellText } from './pdf-cells.ts'
import { openPages, type Pages } from './pdf-pages.ts'
import type { Column, Row } from './table.ts'

/** Paper is for people: more rows than these are for a machine. */
const MOST_ROWS = 5000
/** What a row takes of what it takes in a CSV, measured on metrics of GPUs. */
const SHARE_OF_CSV = 1.2

/** Pages to print: a table with its header on each of them, and the manifest behind it. */
export const pdf: Format = {
  mediaType: 'application/pdf',
  extension: '.pdf',
  description: `Pages of A4 with the table and its header on each, page numbers, and a font for Korean; at most ${MOST_ROWS} rows. Numbers have seven digits; times are in UTC.`,
  provenance: 'The last pages.',
  incomplete:
    'The catalogue at the end of the file is missing, without which nothing opens it; the connection is cut.',
  mostRows: MOST_ROWS,
  weigh: (columns, rows) => csv.weigh(columns, rows) * SHARE_OF_CSV,
  async *write(table) {
    const pages = openPages(titlesOf(table))
    yield* writeRows(pages, table)
    yield* writeManifest(pages, table)
    yield* pages.end()
  },
}

function titlesOf({ title, head }: Table) {
  const { start, end, step_seconds: step } = head.window
  const times = [start, end].map((time) => cellText(time))
  return {
    title: `KCloud Monitor · ${title}`,
    about: `${times.join(' – ')} UTC, a row each ${step} s${head.simulated ? ' · simulated' : ''}`,
    foot: head.export_id,
    createdAt: head.created_at,
  }
}

async function* writeRows(pages: Pages, { columns, batches }: Table): AsyncGenerator<Uint8Array> {
  let count = 0
  let grid: ReturnType<Pages['grid']> | undefined
  for await (const { rows } of batches) {
    count += rows.length
    // The estimate before the first row was wrong by more than can be borne.
    if (count > 2 * MOST_ROWS) throw tooMany()
    grid ??= pages.grid(layoutOf(columns, rows))
    for (const row of rows) yield* grid.add(row.map((cell) => cellText(cell ?? null)))
  }
  grid ??= pages.grid(layoutOf(columns, []))
  if (count === 0) yield* grid.add(['no rows'])
}

const tooMany = (): KCloudError =>
  new KCloudError('too_large', {
    detail: `there are far more than the ${MOST_ROWS} rows that pages are made of`,
  })

/** A name is written smaller than the cells below it where they are shorter. */
const TITLE_SHARE = 0.75

/** The columns by the width that their cells want, seen on the first rows. */
function layoutOf(columns: readonly Column[], rows: readonly Row[]) {
  return columns.map(({ name, type }, index) => ({
    title: name,
    isNumber: type === 'number',
    letters: rows.reduce(
      (most, row) => Math.max(most, cellText(row[index] ?? null).length),
      Math.ceil(name.length * TITLE_SHARE),
    ),
  }))
}

async function* writeManifest(pages: Pages, { manifest }: Table): AsyncGenerator<Uint8Array> {
  const lines = manifestLines(manifest())
  const grid = pages.grid([
    { title: 'Manifest', isNumber: false, letters: 25 },
    { title: '', isNumber: false, letters: 110 },
  ])
  for (const [name, value] of lines) {
    const pieces = value.match(/.{1,110}/gsu) ?? ['']
    for (const [index, piece] of pieces.entries())
      yield* grid.add([index === 0 ? name : '', piece.replaceAll(/\s+/g, ' ')])
  }
}
