import { addTable, type Writing } from './workbook-sheet.ts'

type Fact = readonly [name: string, value: string]

/** What the workbook was made from, and what is missing from it. */
export function addManifest(writing: Writing): void {
  const { texts } = writing.words
  addTable(writing, 'manifest', {
    columns: [
      { title: texts.parameter, format: 'text', width: 30, value: ([name]: Fact) => name },
      { title: texts.value, format: 'text', width: 110, value: ([, value]) => value },
    ],
    rows: factsOf(writing),
  })
}

function factsOf({ report, words }: Writing): readonly Fact[] {
  const { texts } = words
  const { manifest, quality, period, previous_period: before } = report
  const { parameters } = manifest
  return [
    [texts.template, texts.templates[parameters.template]],
    [texts.period, `${period.start.toISOString()} – ${period.end.toISOString()}`],
    [texts.previousPeriod, `${before.start.toISOString()} – ${before.end.toISOString()}`],
    [texts.timezone, parameters.timezone],
    [texts.clusters, parameters.clusters?.join(', ') ?? texts.allClusters],
    [texts.status, quality.status === 'complete' ? texts.complete : texts.incomplete],
    [texts.timeCoverage, words.percent(quality.time_coverage * 100)],
    ...manifest.clusters.map(({ name, status }): Fact => [
      `${texts.cluster} ${name}`,
      texts.statuses[status] ?? status,
    ]),
    [texts.sources, manifest.sources.join(', ')],
    ...quality.warnings.map(({ code, cluster = '', detail }): Fact => [
      `${texts.codes[code] ?? code} ${cluster}`.trim(),
      detail,
    ]),
    [texts.generated, manifest.generated_at.toISOString()],
    [texts.version, `KCloud Monitor ${manifest.version}`],
    [texts.checksum, manifest.figures_sha256],
  ]
}
