import ExcelJS from 'exceljs'
import type { Report } from '../../analysis/report/report.ts'
import { addAccelerators, addInfrastructure } from './workbook-boards.ts'
import { addBreakdown } from './workbook-breakdown.ts'
import { addManifest } from './workbook-manifest.ts'
import { addSeries } from './workbook-series.ts'
import { addSummary } from './workbook-summary.ts'
import type { Wording } from './wording.ts'

/** A report as a workbook: typed cells, formats with units, headings that stay in sight, filters. */
export async function writeWorkbook(report: Report, words: Wording): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  book.creator = 'KCloud Monitor'
  book.title = words.texts.title
  book.created = report.manifest.generated_at
  book.modified = report.manifest.generated_at
  const writing = { book, report, words }
  addSummary(writing)
  addBreakdown(writing)
  addAccelerators(writing)
  addInfrastructure(writing)
  addSeries(writing)
  addManifest(writing)
  return new Uint8Array(await book.xlsx.writeBuffer())
}
