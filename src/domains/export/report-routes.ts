import { z } from 'zod'
import { daysBetween } from '../../analysis/report/dates.ts'
import { periodsOf } from '../../analysis/report/period.ts'
import type { App, DownloadRequest, StreamedFile } from '../../http/app.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Needs } from './asked.ts'
import { jobSchema } from './job-schemas.ts'
import { REPORT_EXAMPLE } from './report-examples.ts'
import { fileNameOf, makeReport, piecesOf } from './report-file.ts'
import { REACH_OF } from './questions.ts'
import { reportLater } from './report-later.ts'
import { REPORT_FORMATS, reportQuery, type ReportQuery } from './report-query.ts'
import { reportAnswerSchema } from './report-schemas.ts'

type Request = DownloadRequest<ReportQuery, unknown>

const file = z.string().describe('The bytes of the file.')

/** Reports for people, and the same as data. */
export function reportRoutes(app: App, needs: Needs): void {
  app.download({
    url: '/report',
    reach: REACH_OF.report,
    summary: 'A report on the power and energy of a period',
    description:
      'Days are those of the asked time zone, 23 and 25 hours included. The period before is read for comparison. One report is made at a time for each user. With `Prefer: respond-async` it is made in the background, which a period of more than 93 days has to be.',
    query: reportQuery,
    params: z.object({}),
    content: {
      'application/pdf': file,
      [REPORT_FORMATS.excel.mediaType]: file,
      'application/json': reportAnswerSchema,
    },
    accepted: jobSchema,
    partial: 'deny',
    mayBeTooLarge: true,
    example: REPORT_EXAMPLE,
    answer: (request) =>
      request.respondAsync
        ? reportLater(needs, request)
        : Promise.resolve(reportNow(needs, request)),
  })
}

/** A longer one takes minutes, which no client and no proxy waits for. */
const MOST_DAYS_AT_ONCE = 93

function reportNow(needs: Needs, request: Request): StreamedFile {
  const { query, partial, signal, user } = request
  const { extension, mediaType } = REPORT_FORMATS[query.format]
  const { period } = periodsOf(query, needs.now())
  if (daysBetween(period.first, period.last) > MOST_DAYS_AT_ONCE)
    throw new KCloudError('too_large', {
      detail: `a report of more than ${MOST_DAYS_AT_ONCE} days is made in the background: ask with Prefer: respond-async, or for a shorter period`,
    })
  return {
    kind: 'streamed',
    fileName: fileNameOf(query, extension),
    mediaType,
    headers: {},
    open: async () =>
      piecesOf(await makeReport(needs, query, { id: request.requestId, partial, signal, user })),
  }
}
