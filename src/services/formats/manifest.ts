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

/** A manifest as names and texts, for formats that have a page for it. */
export function manifestLines(manifest: Manifest): readonly (readonly [string, string])[] {
  const { parameters, window, columns, clusters, warnings, coverage, ...rest } = manifest
  return [
    ...Object.entries(rest).map(([name, value]) => [name, textOf(value)] as const),
    ['window_start', textOf(window.start)],
    ['window_end', textOf(window.end)],
    ['step_seconds', textOf(window.step_seconds)],
    ['coverage_mean', textOf(coverage?.mean ?? null)],
    ['coverage_least', textOf(coverage?.least ?? null)],
    ...Object.entries(parameters).map(
      ([name, value]) => [`parameter ${name}`, textOf(value)] as const,
    ),
    ...clusters.map(({ name, status }) => [`cluster ${name}`, status] as const),
    ...warnings.map(
      ({ code, cluster, detail }) =>
        [`warning ${code}`, cluster === undefined ? detail : `${cluster}: ${detail}`] as const,
    ),
    ...columns.map(
      ({ name, type, unit, description }) =>
        [`column ${name}`, `${unit ?? type}: ${description}`] as const,
    ),
  ]
}

function textOf(value: string | number | boolean | Date | object | null): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
