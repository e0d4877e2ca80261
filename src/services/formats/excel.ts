import { PassThrough, Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { csv } from './csv.ts'
import { escaped, rowWriter, sheetHead, sheetTail, stylesXml, XML } from './excel-xml.ts'
import type { Format, Table } from './format.ts'
import { manifestLines } from './manifest.ts'
import type { Batch, Column, Row } from './table.ts'

/** A sheet holds 1,048,576 rows with its header; what is more goes on in the next. */
const ROWS_IN_SHEET = 1_000_000
/** What a row takes of what it takes in a CSV, measured on metrics of GPUs. */
const SHARE_OF_CSV = 0.4

/** An Excel workbook, written row by row. */
export const excel: Format = {
  mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  extension: '.xlsx',
  description:
    'An Excel workbook: typed cells, number formats with units, a header that stays, filters; a new sheet after every million rows. Times are in UTC.',
  provenance: 'The sheet `Manifest`.',
  incomplete:
    'The directory at the end of the file is missing, without which nothing opens it; the connection is cut.',
  weigh: (columns, rows) => csv.weigh(columns, rows) * SHARE_OF_CSV,
  write: (table) => writeWorkbook(table, ROWS_IN_SHEET),
}

/** The bytes of a workbook with at most so many rows in a sheet. */
export async function* writeWorkbook(
  table: Table,
  rowsInSheet: number,
): AsyncGenerator<Uint8Array, undefined> {
  const zip = new ZipFile()
  const output = zip.outputStream.pipe(new PassThrough())
  // What fails in a sheet ends the file: nobody reads a workbook without its directory.
  const onError = (error: Error) => output.destroy(error)
  zip.on('error', onError)
  const sheets = createSheets(zip, table, { rowsInSheet, onError })
  sheets.add()
  try {
    for await (const piece of output) yield piece as Uint8Array
  } finally {
    sheets.stop()
  }
}

/** The sheets of a workbook: each is made while it is read, and adds the one that comes behind it. */
function createSheets(
  zip: ZipFile,
  table: Table,
  {
    rowsInSheet,
    onError,
  }: { readonly rowsInSheet: number; readonly onError: (error: Error) => void },
) {
  const rows = inParts(table.batches[Symbol.asyncIterator]())
  const write = rowWriter(table.columns)
  const names: string[] = []
  let current: Readable | undefined

  async function* sheet(): AsyncGenerator<string> {
    let count = 0
    yield sheetHead(table.columns)
    for (let part = await rows.next(rowsInSheet); part !== undefined;) {
      yield write(part, count + 2)
      count += part.length
      part = await rows.next(rowsInSheet - count)
    }
    yield sheetTail(table.columns, count)
    if (await rows.ended()) finish(zip, table, names)
    else add()
  }
  function add(): void {
    names.push(names.length === 0 ? 'Data' : `Data ${names.length + 1}`)
    current = Readable.from(sheet(), { objectMode: false }).on('error', onError)
    zip.addReadStream(current, `xl/worksheets/sheet${names.length}.xml`, optionsOf(table))
  }
  return {
    add,
    stop: () => {
      current?.destroy()
      void rows.stop()
    },
  }
}

/** Adds what stands behind the sheets of rows, and ends the archive. */
function finish(zip: ZipFile, table: Table, rowSheets: readonly string[]): void {
  const names = [...rowSheets, 'Manifest']
  const files = { ...workbookFiles(names), ...manifestSheet(table, names.length) }
  for (const [name, text] of Object.entries(files))
    zip.addBuffer(Buffer.from(text), name, optionsOf(table))
  zip.end()
}

const optionsOf = ({ head }: Table) => ({ mtime: head.created_at, compressionLevel: 4 })

/** Rows in parts of any size. */
function inParts(batches: AsyncIterator<Batch>) {
  let rest: readonly Row[] = []
  let more = true
  async function fill(): Promise<void> {
    while (rest.length === 0 && more) {
      const batch = await batches.next()
      if (batch.done === true) more = false
      else rest = batch.value.rows
    }
  }
  return {
    /** At most so many; undefined when there are none left, or none are wanted. */
    async next(most: number): Promise<readonly Row[] | undefined> {
      if (most > 0) await fill()
      if (most <= 0 || rest.length === 0) return undefined
      const part = rest.slice(0, most)
      rest = rest.slice(most)
      return part
    },
    async ended(): Promise<boolean> {
      await fill()
      return rest.length === 0
    },
    stop: () => batches.return?.(),
  }
}

const MANIFEST_COLUMNS: readonly Column[] = ['name', 'value'].map((name) => ({
  name,
  type: 'text',
  unit: null,
  description: '',
}))

function manifestSheet({ manifest }: Table, number: number): Readonly<Record<string, string>> {
  const lines = manifestLines(manifest())
  const xml =
    sheetHead(MANIFEST_COLUMNS) +
    rowWriter(MANIFEST_COLUMNS)(lines, 2) +
    sheetTail(MANIFEST_COLUMNS, lines.length)
  return { [`xl/worksheets/sheet${number}.xml`]: xml }
}

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const SHEETS = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** What a workbook needs beside its sheets (ECMA-376, part 2). */
function workbookFiles(names: readonly string[]): Readonly<Record<string, string>> {
  const sheets = names.map((name, index) => ({ name: escaped(name), number: index + 1 }))
  const types = sheets.map(
    ({ number }) =>
      `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${SHEETS}.worksheet+xml"/>`,
  )
  const list = sheets.map(
    ({ name, number }) => `<sheet name="${name}" sheetId="${number}" r:id="rId${number}"/>`,
  )
  const relations = sheets.map(
    ({ number }) =>
      `<Relationship Id="rId${number}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
  )
  return {
    '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEETS}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEETS}.styles+xml"/>${types.join('')}</Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${OFFICE}"><sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}<Relationship Id="rId${names.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': stylesXml(),
  }
}
