import { createHash } from 'node:crypto'
import type { Manifest, Report, ReportFigures } from '../../analysis/report/report.ts'
import type { ClusterReport } from '../../kernel/answer.ts'
import type { Language } from './texts.ts'

/** What a report is made of beside its figures. */
export interface Provenance {
  readonly clusters: readonly string[] | undefined
  readonly lang: Language
  readonly reports: readonly ClusterReport[]
  readonly sources: readonly string[]
  readonly simulated: boolean
  readonly version: string
  readonly now: Date
}

/** Figures with what they come from. */
export function withManifest(figures: ReportFigures, provenance: Provenance): Report {
  return { ...figures, manifest: manifestOf(figures, provenance) }
}

function manifestOf(figures: ReportFigures, provenance: Provenance): Manifest {
  const { template, timezone, period } = figures
  return {
    generated_at: provenance.now,
    parameters: {
      template,
      start_date: period.start_date,
      end_date: period.end_date,
      timezone,
      clusters: provenance.clusters ?? null,
      lang: provenance.lang,
    },
    clusters: provenance.reports,
    sources: provenance.sources,
    simulated: provenance.simulated,
    version: provenance.version,
    figures_sha256: createHash('sha256').update(JSON.stringify(figures)).digest('hex'),
  }
}
