import { z } from 'zod'
import { clusterReportSchema, warningSchema } from '../../http/envelope.ts'
import { timestamp } from '../../http/wire.ts'

const columnSchema = z.object({
  name: z.string(),
  type: z.enum(['text', 'number', 'time']),
  unit: z.string().nullable(),
  description: z.string(),
})

const headFields = {
  export_id: z.string(),
  export: z.string().describe('`power` or `metrics`.'),
  title: z.string(),
  format: z.string(),
  producer: z.string(),
  simulated: z.boolean(),
  created_at: timestamp,
  parameters: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
    )
    .describe('Everything that was asked for, defaults included.'),
  window: z.object({ start: timestamp, end: timestamp, step_seconds: z.number() }),
  columns: z.array(columnSchema),
}

const endFields = {
  status: z
    .enum(['complete', 'partial'])
    .describe('`partial` as soon as one asked cluster did not answer in full.'),
  clusters: z.array(clusterReportSchema),
  coverage: z
    .object({ mean: z.number(), least: z.number() })
    .nullable()
    .describe('Measured ÷ known nodes over the window.'),
  warnings: z.array(warningSchema),
  row_count: z.int(),
  rows_sha256: z
    .string()
    .describe(
      'SHA-256 of the rows as NDJSON writes them: the same rows have the same in every format.',
    ),
}

const headSchema = z.object(headFields).meta({ id: 'ExportManifestHead' })
const endSchema = z.object(endFields).meta({ id: 'ExportManifestEnd' })
/** A whole manifest. */
export const manifestSchema = z
  .object({ ...headFields, ...endFields })
  .meta({ id: 'ExportManifest' })

/** An export as one JSON document. */
export const jsonExportSchema = z.object({
  manifest: headSchema,
  data: z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])))
    .describe('One object a row: `time`, the names, the figures.'),
  end: endSchema,
})

/** What became of a file. */
export const sentSchema = z.object({
  state: z.enum(['running', 'done', 'failed']),
  manifest: z.union([manifestSchema, headSchema]).describe('Only its head, unless it is whole.'),
  bytes: z.int().nullable().describe('Of the whole file.'),
  sha256: z.string().nullable().describe('Of the whole file.'),
})
