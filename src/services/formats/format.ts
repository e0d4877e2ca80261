import type { Manifest, ManifestHead } from './manifest.ts'
import type { Batch, Column, Row } from './table.ts'

/** A table on its way into a file: rows come as they are read. */
export interface Table {
  readonly title: string
  readonly columns: readonly Column[]
  readonly head: ManifestHead
  /** To be read once, in order. */
  readonly batches: AsyncIterable<Batch>
  /** Everything about the file; to be asked for behind the last batch. */
  readonly manifest: () => Manifest
}

export interface WriteOptions {
  /** Begins a CSV with the mark by which spreadsheets know UTF-8. */
  readonly bom: boolean
}

/** A kind of file. */
export interface Format {
  readonly mediaType: string
  /** With its dot. */
  readonly extension: string
  readonly description: string
  /** Where the manifest is. */
  readonly provenance: string
  /** How a file is told from a whole one when its writing had to end early. */
  readonly incomplete: string
  /** More rows than these are not written in it. */
  readonly mostRows?: number
  /** About how many bytes these rows take in a large file. */
  weigh(columns: readonly Column[], rows: readonly Row[]): number
  /** The bytes, made as they are taken: whoever stops taking stops the reading. */
  write(table: Table, options: WriteOptions): AsyncIterable<Uint8Array>
  /** What is added to a file that cannot be completed, so that no reader takes it for whole. */
  readonly broken?: (reason: string) => string
}
