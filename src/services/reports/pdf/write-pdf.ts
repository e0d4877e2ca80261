import type { Report } from '../../../analysis/report/report.ts'
import type { Wording } from '../wording.ts'
import { drawAccount } from './account.ts'
import { drawBoards } from './boards.ts'
import { COLOURS } from './colours.ts'
import { drawConditions } from './conditions.ts'
import { drawCost } from './cost.ts'
import { drawCover, periodText } from './cover.ts'
import { line, openSheet, PAGE, type Sheet } from './page.ts'
import { drawRankings } from './rankings.ts'
import { drawUsage } from './usage.ts'

/** A report as pages of A4: vector charts, embedded fonts, an outline, page numbers. */
export async function writePdf(report: Report, words: Wording): Promise<Uint8Array> {
  const sheet = openSheet(report, words)
  const pieces: Buffer[] = []
  sheet.doc.on('data', (piece: Buffer) => pieces.push(piece))
  const ended = new Promise<void>((resolve, reject) => {
    sheet.doc.once('end', resolve).once('error', reject)
  })
  drawCover(sheet)
  drawUsage(sheet)
  drawBoards(sheet)
  drawRankings(sheet)
  drawConditions(sheet)
  drawCost(sheet)
  drawAccount(sheet)
  numberPages(sheet)
  sheet.doc.end()
  await ended
  return Buffer.concat(pieces)
}

/** What stands above and below every page: written last, when it is known how many there are. */
function numberPages(sheet: Sheet): void {
  const { doc, words, report } = sheet
  const { count } = doc.bufferedPageRange()
  for (let page = 0; page < count; page += 1) {
    doc.switchToPage(page)
    if (page > 0) drawHeader(sheet)
    const small = { size: 7.5, colour: COLOURS.faint } as const
    const place = { x: PAGE.left, y: 812, width: PAGE.width }
    doc
      .moveTo(PAGE.left, 804)
      .lineTo(PAGE.right, 804)
      .lineWidth(0.5)
      .strokeColor(COLOURS.rule)
      .stroke()
    const made = `${words.texts.generated}: ${words.time(report.manifest.generated_at)} (${report.timezone})`
    line(sheet, made, { ...place, ...small })
    line(sheet, words.texts.page(page + 1, count), { ...place, ...small, align: 'right' })
  }
}

function drawHeader(sheet: Sheet): void {
  const { doc, words } = sheet
  const place = { x: PAGE.left, y: 30, width: PAGE.width }
  const small = { size: 8, colour: COLOURS.soft } as const
  line(sheet, `KCloud Monitor · ${words.texts.title}`, { ...place, ...small, font: 'bold' })
  line(sheet, periodText(sheet), { ...place, ...small, align: 'right' })
  doc.moveTo(PAGE.left, 46).lineTo(PAGE.right, 46).lineWidth(0.8).strokeColor(COLOURS.navy).stroke()
}
