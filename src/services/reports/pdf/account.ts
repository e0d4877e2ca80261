import { COLOURS } from './colours.ts'
import { ensure, heading, paragraph, subheading, type Sheet } from './page.ts'
import { table } from './table.ts'

/** How far the figures can be trusted, and what they were made from. */
export function drawAccount(sheet: Sheet): void {
  drawQuality(sheet)
  drawWarnings(sheet)
  drawManifest(sheet)
}

const MOST_LISTED = 12

const percentOf = (share: number | null): number | null => (share === null ? null : share * 100)

function drawQuality(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { quality } = report
  heading(sheet, texts.quality, 330)
  facts(sheet, [
    [texts.status, quality.status === 'complete' ? texts.complete : texts.incomplete],
    [texts.timeCoverage, words.percent(quality.time_coverage * 100)],
    [texts.nodeCoverage, words.percent(percentOf(quality.node_coverage))],
    [texts.leastNodeCoverage, words.percent(percentOf(quality.least_node_coverage))],
    ...missing(sheet),
  ])
  subheading(sheet, texts.clusters)
  drawClusters(sheet)
}

function missing(sheet: Sheet): readonly (readonly [string, string])[] {
  const { words, report } = sheet
  const { texts } = words
  const { quality } = report
  const nodes = (list: typeof quality.estimated_nodes): string =>
    listed(
      sheet,
      list.map(({ cluster, node }) => `${cluster}/${node}`),
    )
  const gaps = quality.gaps.map(
    ({ start, end }) => `${words.time(start)} – ${words.time(end).slice(11)}`,
  )
  const excluded = quality.excluded_samples.map(
    ({ cluster, count }) => `${cluster}: ${words.number(count)}`,
  )
  return [
    [texts.silentClusters, listed(sheet, quality.silent_clusters)],
    [texts.gaps, listed(sheet, gaps)],
    [texts.estimatedNodes, nodes(quality.estimated_nodes)],
    [texts.unmeasuredNodes, nodes(quality.unmeasured_nodes)],
    [texts.excluded, listed(sheet, excluded)],
  ]
}

function drawClusters(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { quality } = report
  table(
    sheet,
    [
      { title: texts.cluster, weight: 3 },
      { title: texts.status, weight: 3 },
      { title: texts.timeCoverage, weight: 2, isNumber: true },
      { title: texts.nodeCoverage, weight: 3, isNumber: true },
    ],
    quality.clusters.map((row) => ({
      cells: [
        row.cluster,
        texts.statuses[row.status] ?? row.status,
        words.percent((row.covered_seconds / quality.window_seconds) * 100),
        words.percent(percentOf(row.coverage)),
      ],
    })),
  )
}

function listed({ words }: Sheet, names: readonly string[]): string {
  if (names.length === 0) return words.texts.none
  const rest = names.length - MOST_LISTED
  const shown = names.slice(0, MOST_LISTED).join(', ')
  return rest > 0 ? `${shown}, ${words.texts.more(words.number(rest))}` : shown
}

/** Names with what belongs to them, over as many lines as it takes. */
function facts(sheet: Sheet, rows: readonly (readonly [string, string])[]): void {
  const { doc } = sheet
  for (const [name, value] of rows) {
    doc.font('regular').fontSize(8.5)
    const width = 345
    const height = Math.max(15, doc.heightOfString(value, { width, lineGap: 1 }) + 4)
    ensure(sheet, height)
    doc.font('regular').fontSize(8.5).fillColor(COLOURS.soft)
    doc.text(name, 50, sheet.y, { width: 150, lineBreak: false })
    doc.fillColor(COLOURS.ink).text(value, 205, sheet.y, { width, lineGap: 1 })
    sheet.y += height
    doc
      .moveTo(42, sheet.y - 1)
      .lineTo(553.28, sheet.y - 1)
      .lineWidth(0.4)
      .strokeColor(COLOURS.rule)
      .stroke()
    sheet.y += 3
  }
  sheet.y += 8
}

function drawWarnings(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { warnings } = report.quality
  subheading(sheet, texts.warnings)
  if (warnings.length === 0) paragraph(sheet, texts.none, { size: 8.5 })
  for (const { code, cluster, detail } of warnings) {
    const about = cluster === undefined ? '' : ` · ${cluster}`
    paragraph(sheet, `${texts.codes[code] ?? code}${about}`, { size: 8.5, font: 'bold' })
    paragraph(sheet, detail, { size: 8, colour: COLOURS.soft })
  }
}

function drawManifest(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { manifest } = report
  const { parameters } = manifest
  heading(sheet, texts.manifest, 160)
  facts(sheet, [
    [texts.template, texts.templates[parameters.template]],
    [texts.period, `${report.period.start.toISOString()} – ${report.period.end.toISOString()}`],
    [
      texts.previousPeriod,
      `${report.previous_period.start.toISOString()} – ${report.previous_period.end.toISOString()}`,
    ],
    [texts.timezone, parameters.timezone],
    [texts.clusters, parameters.clusters?.join(', ') ?? texts.allClusters],
    [texts.sources, report.manifest.sources.join(', ')],
    [texts.generated, manifest.generated_at.toISOString()],
    [texts.version, `KCloud Monitor ${manifest.version}`],
    [texts.checksum, manifest.figures_sha256],
  ])
  paragraph(sheet, texts.manifestNote, { size: 7.5, colour: COLOURS.soft })
}
