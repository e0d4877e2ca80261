import { z } from 'zod'
import { TEMPLATES } from '../../analysis/report/period.ts'
import type { App, DownloadRequest, StreamedFile } from '../../http/app.ts'
import { clusterParameter } from '../../http/parameters.ts'
import { isComplete } from '../../kernel/answer.ts'
import { LANGUAGES, type MadeReport, type Paper } from '../../services/reports/index.ts'
import type { Needs } from './asked.ts'
import { REPORT_EXAMPLE } from './report-examples.ts'
import { reportAnswerSchema } from './report-schemas.ts'

/** What a report can come as. */
const REPORT_FORMATS = {
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

const reportQuery = z.object({
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

type Request = DownloadRequest<z.output<typeof reportQuery>, unknown>

const file = z.string().describe('The bytes of the file.')

/** Reports for people, and the same as data. */
export function reportRoutes(app: App, needs: Needs): void {
  app.download({
    url: '/report',
    summary: 'A report on the power and energy of a period',
    description:
      'Days are those of the asked time zone, 23 and 25 hours included. The period before is read for comparison. One report is made at a time for each user.',
    query: reportQuery,
    params: z.object({}),
    content: {
      'application/pdf': file,
      [REPORT_FORMATS.excel.mediaType]: file,
      'application/json': reportAnswerSchema,
    },
    partial: 'deny',
    example: REPORT_EXAMPLE,
    answer: (request) => Promise.resolve(reportFile(needs, request)),
  })
}

function reportFile(needs: Needs, request: Request): StreamedFile {
  const { query, partial, signal, user } = request
  const { cluster: clusters, format, ...question } = query
  const { paper, extension, mediaType } = REPORT_FORMATS[format]
  return {
    kind: 'streamed',
    fileName: fileNameOf(query, extension),
    mediaType,
    headers: {},
    open: async () => {
      const made = await needs.reports.make({
        ...question,
        clusters,
        partial,
        signal,
        user: user ?? '',
        paper,
      })
      return piecesOf(made.bytes ?? dataOf(needs, made, request))
    },
  }
}

/** `kcloud-report-weekly-2026-11-16.pdf`; without a date where the request has none. */
function fileNameOf(
  { template, start_date: start, end_date: end }: Request['query'],
  extension: string,
): string {
  const dates = [start, end].filter((date) => date !== undefined)
  return `${['kcloud-report', template, ...dates].join('-')}.${extension}`
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  yield bytes
}

function dataOf(
  { simulated }: Needs,
  { report, clusters, warnings }: MadeReport,
  { requestId }: Request,
): Uint8Array {
  const meta = {
    request_id: requestId,
    observed_at: report.period.end,
    status: isComplete({ clusters }) ? 'complete' : 'partial',
    clusters,
    warnings,
    ...(simulated && { simulated }),
  }
  return Buffer.from(JSON.stringify({ data: report, meta }))
}
