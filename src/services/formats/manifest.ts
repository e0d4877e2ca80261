import type { ClusterReport, Warning } from '../../kernel/answer.ts'
import type { Column } from './table.ts'

/** What was asked for, as names and plain values. */
export type Parameters = Readonly<
  Record<string, string | number | boolean | readonly string[] | null>
>

/** What is known of an export before its first row: what was asked, and what the columns are. */
export interface ManifestHead {
  readonly export_id: string
  /** Which export it is: `power`, `metrics`. */
  readonly export: string
  readonly title: string
  readonly format: string
  readonly producer: string
  readonly simulated: boolean
  readonly created_at: Date
  /** Everything that was asked for, defaults included. */
  readonly parameters: Parameters
  readonly window: { readonly start: Date; readonly end: Date; readonly step_seconds: number }
  readonly columns: readonly Column[]
}

/** What is known when the last row is out. */
export interface ManifestEnd {
  readonly status: 'complete' | 'partial'
  readonly clusters: readonly ClusterReport[]
  /** Measured ÷ known nodes over the window; null where it means nothing. */
  readonly coverage: { readonly mean: number; readonly least: number } | null
  readonly warnings: readonly Warning[]
  readonly row_count: number
  /** SHA-256 of the rows as lines of JSON, one object a line: the same rows have the same in every format. */
  readonly rows_sha256: string
}

/** Where a file comes from, and how to tell that it is whole. */
export interface Manifest extends ManifestHead, ManifestEnd {}
