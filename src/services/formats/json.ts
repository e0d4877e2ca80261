import type { Format } from './format.ts'
import type { ManifestEnd } from './manifest.ts'
import { rowWriter } from './row-text.ts'

/** One JSON document: the head of the manifest, the rows, and what is only known at the end. */
export const json: Format = {
  mediaType: 'application/json',
  extension: '.json',
  description: 'One JSON document: `manifest`, `data` with one object a row, and `end`.',
  provenance: '`manifest` before the rows and `end` behind them.',
  incomplete: 'The document is cut off and is no JSON; the connection is cut.',
  weigh: (columns, rows) => Buffer.byteLength(rowWriter(columns)(rows)) + rows.length,
  async *write({ head, batches, manifest }) {
    yield Buffer.from(`{"manifest":${JSON.stringify(head)},"data":[`)
    let separator = '\n'
    for await (const { text } of batches) {
      // No line end stands within a row: JSON escapes them.
      const rows = text.slice(0, -1).replaceAll('\n', ',\n')
      yield Buffer.from(separator + rows)
      separator = ',\n'
    }
    yield Buffer.from(`\n],"end":${JSON.stringify(endOf(manifest()))}}\n`)
  },
}

function endOf({
  status,
  clusters,
  coverage,
  warnings,
  row_count: count,
  rows_sha256: sum,
}: ManifestEnd): ManifestEnd {
  return { status, clusters, coverage, warnings, row_count: count, rows_sha256: sum }
}
