import { createHash } from 'node:crypto'
import type { Accepted, DownloadRequest } from '../../http/app.ts'
import type { Make, Making } from '../../services/jobs/index.ts'
import { stepsOfReport, type MadeReport } from '../../services/reports/index.ts'
import type { JsonObject } from '../../services/store/index.ts'
import type { Needs } from './asked.ts'
import { jobRow, outcome } from './job-routes.ts'
import { fileNameOf, makeReport } from './report-file.ts'
import { REPORT_FORMATS, type ReportQuery } from './report-query.ts'

/** A report for whoever comes back for it. Rejects with `invalid_request` what no report can be. */
export async function reportLater(
  needs: Needs,
  { query, partial, principal }: DownloadRequest<ReportQuery, unknown>,
): Promise<Accepted> {
  const at = needs.now()
  const steps = stepsOfReport(query, at)
  const { name: user, scope } = principal
  const question = { export: 'report', format: query.format, query, partial, at, scope }
  // What was read from a query is texts and lists of them.
  const kept = JSON.parse(JSON.stringify(question)) as JsonObject
  const job = await needs.jobs.submit(user, kept, steps)
  return { kind: 'accepted', location: `/jobs/${job.id}`, outcome: outcome(needs, jobRow(job)) }
}

/** A report as it was asked for, with the period of that time. */
export interface ReportQuestion {
  readonly query: ReportQuery
  readonly partial: 'allow' | 'deny'
  readonly at: Date
}

/** The file of a job that is a report. */
export function reportMaking(
  needs: Needs,
  { query, partial, at }: ReportQuestion,
  [{ id, owner }, signal]: Parameters<Make>,
): Making {
  const { extension, mediaType } = REPORT_FORMATS[query.format]
  const hash = createHash('sha256')
  let made: MadeReport | undefined
  const steps = stepsOfReport(query, at)
  let done = 0
  // It is made when its bytes are taken, which nothing of the job's follows.
  const makeIt = needs.scopes.bound(() =>
    makeReport(needs, query, {
      id,
      partial,
      signal,
      at,
      user: owner,
      onStep: () => (done += 1),
      onMade: (report) => (made = report),
    }),
  )
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const file = await makeIt()
    hash.update(file)
    yield file
  }
  return {
    fileName: fileNameOf(query, extension),
    mediaType,
    bytes: bytes(),
    progress: () => ({ points_done: Math.min(done, steps), points_total: steps, rows: 0 }),
    end: () => ({ manifest: { ...made?.report.manifest }, sha256: hash.copy().digest('hex') }),
  }
}
