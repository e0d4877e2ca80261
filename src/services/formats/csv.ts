import { stringify } from 'csv-stringify/sync'
import type { Format } from './format.ts'
import type { Row } from './table.ts'

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
  weigh: (_columns, rows) => Buffer.byteLength(lineWriter()(rows)),
  async *write({ columns, batches }, { bom }) {
    const lines = lineWriter()
    yield Buffer.from((bom ? BOM : '') + lines([columns.map(({ name }) => name)]))
    for await (const { rows } of batches) yield Buffer.from(lines(rows))
  },
  broken: (reason) => `"EXPORT INCOMPLETE: ${reason.replaceAll('"', "'")}`,
}

function lineWriter(): (rows: readonly Row[]) => string {
  let [last, text] = [Number.NaN, '']
  // Rows of one time stand together, and writing a time down takes time.
  const date = (time: Date): string => {
    if (time.getTime() !== last) [last, text] = [time.getTime(), time.toISOString()]
    return text
  }
  const number = (value: number): string => (Number.isFinite(value) ? String(value) : '')
  const options = {
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { date, number },
  } as const
  return (rows) => stringify([...rows], options)
}
