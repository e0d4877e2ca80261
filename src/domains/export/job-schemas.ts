import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'
import { manifestSchema as reportManifest } from './report-account-schemas.ts'
import { manifestSchema } from './schemas.ts'

/** An export that is made in the background. */
export const jobSchema = z
  .object({
    id: z.string(),
    state: z
      .enum(['queued', 'running', 'done', 'failed'])
      .describe('A job that the end of its server interrupted is queued again.'),
    export: z.string(),
    format: z.string(),
    created_at: timestamp,
    updated_at: timestamp,
    expires_at: timestamp.describe('When the job and its file go.'),
    progress: z.object({
      percent: z
        .number()
        .describe('Of the points of the window; of a report, of the days that are read.'),
      points_done: z.int(),
      points_total: z.int(),
      rows: z.int(),
      bytes: z.int(),
    }),
    file: z
      .object({
        url: z.string().describe('Where it is; parts of it can be asked for by `Range`.'),
        name: z.string(),
        media_type: z.string(),
        bytes: z.int(),
        sha256: z.string(),
      })
      .nullable(),
    manifest: z.union([manifestSchema, reportManifest]).nullable(),
    problem: z
      .object({ kind: z.string(), detail: z.string() })
      .nullable()
      .describe('Why there is no file, of a job that failed.'),
  })
  .meta({ id: 'ExportJob' })
