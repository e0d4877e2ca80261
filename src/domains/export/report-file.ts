import { isComplete } from '../../kernel/answer.ts'
import type { MadeReport } from '../../services/reports/index.ts'
import type { Needs } from './asked.ts'
import { REPORT_FORMATS, type ReportQuery } from './report-query.ts'

/** How a report is made: for whom, and who hears how far it has come. */
export interface ReportMaking {
  /** Of the request, or the job. */
  readonly id: string
  readonly partial: 'allow' | 'deny'
  readonly signal: AbortSignal
  readonly user: string | null
  /** When it was asked for; now when left out. */
  readonly at?: Date
  readonly onStep?: () => void
  /** Hears of the report before it is bytes. */
  readonly onMade?: (made: MadeReport) => void
}

/** The bytes of a report in the format that is asked for. */
export async function makeReport(
  needs: Needs,
  { cluster: clusters, format, ...question }: ReportQuery,
  making: ReportMaking,
): Promise<Uint8Array> {
  const { id, user, onMade, ...rest } = making
  const { paper } = REPORT_FORMATS[format]
  const made = await needs.reports.make({ ...question, ...rest, clusters, paper, user: user ?? '' })
  onMade?.(made)
  return made.bytes ?? dataOf(needs, made, id)
}

/** `kcloud-report-weekly-2026-11-16.pdf`; without a date where the request has none. */
export function fileNameOf(
  { template, start_date: start, end_date: end }: ReportQuery,
  extension: string,
): string {
  const dates = [start, end].filter((date) => date !== undefined)
  return `${['kcloud-report', template, ...dates].join('-')}.${extension}`
}

/** Bytes as a stream of one piece. */
export async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  yield bytes
}

function dataOf(
  { simulated }: Needs,
  { report, clusters, warnings }: MadeReport,
  requestId: string,
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
