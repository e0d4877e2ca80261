import { csv } from './csv.ts'
import { excel } from './excel.ts'
import type { Format } from './format.ts'
import { json } from './json.ts'
import { ndjson } from './ndjson.ts'
import { parquet } from './parquet.ts'
import { pdf } from './pdf.ts'

export { countedRows } from './counted.ts'
export type { Format } from './format.ts'
export type { Manifest, ManifestEnd, ManifestHead, Parameters } from './manifest.ts'
export type { Cell, Column, Row } from './table.ts'

/** The kinds of files that a table can become. */
export const FORMATS = { json, ndjson, csv, parquet, excel, pdf } as const satisfies Readonly<
  Record<string, Format>
>

export type FormatName = keyof typeof FORMATS

// The keys of an object of ours are those of its type.
export const FORMAT_NAMES = Object.keys(FORMATS) as [FormatName, ...FormatName[]]
