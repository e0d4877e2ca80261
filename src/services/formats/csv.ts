import { csvWriter } from './csv-cells.ts'
import type { Format } from './format.ts'

const BOM = '\ufeff'

/** RFC 4180 with a header, in UTF-8. */
export const csv: Format = {
  mediaType: 'text/csv; charset=utf-8; header=present',
  extension: '.csv',
  description:
    'RFC 4180 with a header; `bom=true` for spreadsheets that would not take it for UTF-8. Texts that a spreadsheet would run as a formula begin with an apostrophe; numbers stay numbers.',
  provenance: 'HTTP trailers, and the manifest that the `Link` header names.',
  incomplete:
    'The last record begins with a quoted text that is never closed, which a strict reader refuses; the connection is cut, and there are no trailers.',
  weigh: (columns, rows) => Buffer.byteLength(csvWriter(columns)(rows)),
  async *write({ columns, batches }, { bom }) {
    const lines = csvWriter(columns)
    const header = csvWriter(columns.map((column) => ({ ...column, type: 'text' })))
    yield Buffer.from((bom ? BOM : '') + header([columns.map(({ name }) => name)]))
    for await (const { rows } of batches) yield Buffer.from(lines(rows))
  },
  broken: (reason) => `"EXPORT INCOMPLETE: ${reason.replaceAll('"', "'")}`,
}
