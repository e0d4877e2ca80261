import { z } from 'zod'
import { TEMPLATES } from '../../analysis/report/period.ts'
import { clusterParameter } from '../../http/parameters.ts'
import { LANGUAGES, type Paper } from '../../services/reports/index.ts'

/** What a report can come as. */
export const REPORT_FORMATS = {
  pdf: { paper: 'pdf', extension: 'pdf', mediaType: 'application/pdf' },
  excel: {
    paper: 'excel',
    extension: 'xlsx',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  },
  json: { paper: null, extension: 'json', mediaType: 'application/json; charset=utf-8' },
} as const satisfies Readonly<
  Record<
    string,
    { readonly paper: Paper | null; readonly extension: string; readonly mediaType: string }
  >
>

// The keys of an object of ours are those of its type.
const FORMAT_NAMES = Object.keys(REPORT_FORMATS) as [
  keyof typeof REPORT_FORMATS,
  ...(keyof typeof REPORT_FORMATS)[],
]

const dateText = z.string({ error: 'must be given once' }).max(10, {
  error: 'must be a date such as 2026-11-20',
})

/** What can be asked of `/export/report`. */
export const reportQuery = z.object({
  ...clusterParameter,
  template: z
    .enum(TEMPLATES)
    .default('daily')
    .describe(
      '`daily`: yesterday, or `start_date`; `weekly`: the last week from Monday, or seven days from `start_date`; `monthly`: the last calendar month, or one month from `start_date`; `custom`: from `start_date` to `end_date`, 400 days at most.',
    ),
  start_date: dateText.optional().describe('The first day, such as `2026-11-20`.'),
  end_date: dateText.optional().describe('The last day, which is part of the period.'),
  timezone: z
    .string({ error: 'must be given once' })
    .max(64, { error: 'must be an IANA time zone such as Asia/Seoul or UTC' })
    .default('UTC')
    .describe('Whose days they are: an IANA name such as `Asia/Seoul`.'),
  format: z.enum(FORMAT_NAMES).default('pdf'),
  lang: z.enum(LANGUAGES).default('en').describe('The language of the words.'),
})

/** The parameters of a report, read. */
export type ReportQuery = z.output<typeof reportQuery>
