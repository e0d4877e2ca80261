import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ManifestEnd } from './manifest.ts'
import { rowWriter } from './row-text.ts'
import type { Batch, Column, Row } from './table.ts'

/** Rows on their way into a file, counted and summed up as they pass. */
export interface Counted {
  readonly batches: AsyncGenerator<Batch>
  /** How many rows there were so far. */
  count(): number
  /** Of the rows so far. */
  sums(): Pick<ManifestEnd, 'row_count' | 'rows_sha256'>
}

/** More rows at a time would keep other requests waiting. */
const MOST_ROWS = 1000

/** Cuts rows into small batches with their text, and lets others have their turn between them. */
export function countedRows(
  columns: readonly Column[],
  pieces: AsyncIterable<readonly Row[]>,
): Counted {
  const write = rowWriter(columns)
  const hash = createHash('sha256')
  let count = 0

  async function* batches(): AsyncGenerator<Batch> {
    for await (const piece of pieces)
      for (let from = 0; from < piece.length; from += MOST_ROWS) {
        const rows = piece.slice(from, from + MOST_ROWS)
        const text = write(rows)
        hash.update(text)
        count += rows.length
        yield { rows, text }
        await nextTurn()
      }
  }
  return {
    batches: batches(),
    count: () => count,
    sums: () => ({ row_count: count, rows_sha256: hash.copy().digest('hex') }),
  }
}
