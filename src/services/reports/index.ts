import type { Report } from '../../analysis/report/report.ts'
import type { Now } from '../../kernel/clock.ts'
import { withManifest } from './manifest.ts'
import type { ReadNeeds, ReportQuestion } from './question.ts'
import { readReport } from './read.ts'
import type { Account } from './read-period.ts'
import { render, type Paper } from './render.ts'
import type { Language } from './texts.ts'
import { createTurns } from './turns.ts'

export type { ReportQuestion } from './question.ts'
export { stepsOfReport } from './steps.ts'
export type { Paper } from './render.ts'
export { LANGUAGES, type Language } from './texts.ts'

/** A report with who took part in it, and its bytes where it is asked for on paper. */
export interface MadeReport extends Account {
  readonly report: Report
  /** Null for a report that is only data. */
  readonly bytes: Uint8Array | null
}

export interface MakeRequest extends ReportQuestion {
  /** When it was asked for; now when left out. */
  readonly at?: Date | undefined
  readonly user: string
  readonly lang: Language
  /** Null for the data alone. */
  readonly paper: Paper | null
}

/**
 * Reports on the power of a period. One is made at a time for each user, and two at once for all. Rejects as
 * `readReport` and `Turns` do.
 */
export interface Reports {
  make(request: MakeRequest): Promise<MadeReport>
}

export interface ReportsOptions extends ReadNeeds {
  readonly now: Now
  readonly simulated: boolean
  readonly version: string
}

const AT_ONCE = 2
const MOST_WAITING = 8

/** Makes reports from what the fleet and its telemetry say. */
export function createReports(options: ReportsOptions): Reports {
  const turns = createTurns({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING })
  return {
    make: (request) => turns.take(request.user, request.signal, () => makeReport(options, request)),
  }
}

async function makeReport(options: ReportsOptions, request: MakeRequest): Promise<MadeReport> {
  const { now, simulated, version } = options
  const { lang, paper, clusters, signal } = request
  const at = request.at ?? now()
  const { figures, sources, ...account } = await readReport(options, request, at)
  const report = withManifest(figures, {
    clusters,
    lang,
    reports: account.clusters,
    sources,
    simulated,
    version,
    now: now(),
  })
  const bytes = paper === null ? null : await render({ report, paper, language: lang }, signal)
  return { report, bytes, ...account }
}
