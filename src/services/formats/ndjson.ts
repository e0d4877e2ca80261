import type { Format } from './format.ts'
import { rowWriter } from './row-text.ts'

/** One JSON object a line (https://github.com/ndjson/ndjson-spec), rows only. */
export const ndjson: Format = {
  mediaType: 'application/x-ndjson',
  extension: '.ndjson',
  description: 'One JSON object a line, for tools that read as they receive.',
  provenance: 'HTTP trailers, and the manifest that the `Link` header names.',
  incomplete:
    'The last line is an object with `export_error`, the connection is cut, and there are no trailers.',
  weigh: (columns, rows) => Buffer.byteLength(rowWriter(columns)(rows)),
  async *write({ batches }) {
    for await (const { text } of batches) yield Buffer.from(text)
  },
  broken: (reason) => `${JSON.stringify({ export_error: reason })}\n`,
}
