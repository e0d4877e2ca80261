import type { Compared } from '../../../analysis/report/report.ts'
import { COLOURS, PART_COLOURS } from './colours.ts'
import { curveChart, type Curve } from './curves.ts'
import { heading, line, PAGE, paragraph, type Sheet } from './page.ts'

/** The first page: what the report is of, the key figures, and the power over the period. */
export function drawCover(sheet: Sheet): void {
  drawTitle(sheet)
  drawNotices(sheet)
  drawCards(sheet)
  drawPower(sheet)
}

/** The dates of a period in a few words. */
export function periodText({ report, words }: Sheet): string {
  const { start_date: first, end_date: last, hours } = report.period
  const dates = first === last ? first : `${first} – ${last}`
  return `${dates} · ${words.number(hours, Number.isInteger(hours) ? 0 : 2)} h`
}

function drawTitle(sheet: Sheet): void {
  const { doc, report, words } = sheet
  const { texts } = words
  doc.rect(0, 0, 595.28, 132).fill(COLOURS.navy)
  doc.rect(0, 132, 595.28, 3).fill(COLOURS.accent)
  const place = { x: PAGE.left, width: PAGE.width }
  line(sheet, `KCLOUD MONITOR  ·  ${texts.templates[report.template]}`, {
    ...place,
    y: 30,
    size: 8.5,
    colour: '#9CC3E4',
    font: 'bold',
  })
  line(sheet, texts.title, { ...place, y: 47, size: 23, font: 'bold', colour: '#FFFFFF' })
  line(sheet, periodText(sheet), { ...place, y: 84, size: 12, colour: '#FFFFFF' })
  const names = report.manifest.clusters.map(({ name }) => name).join(', ')
  const { previous_period: before } = report
  const facts = [
    `${texts.timezone}: ${report.timezone}`,
    `${texts.clusters}: ${names}`,
    `${texts.previousPeriod}: ${before.start_date === before.end_date ? before.start_date : `${before.start_date} – ${before.end_date}`}`,
  ]
  line(sheet, facts.join('   ·   '), { ...place, y: 107, size: 8.5, colour: '#C6D6E4' })
  sheet.y = 148
}

/** What a reader must not miss. */
function drawNotices(sheet: Sheet): void {
  const { report, words } = sheet
  const { silent_clusters: silent } = report.quality
  const notices = [
    ...(silent.length > 0 ? [words.texts.partial(silent.join(', '))] : []),
    ...(report.period.is_over ? [] : [words.texts.notOver]),
    ...(report.manifest.simulated ? [words.texts.simulated] : []),
  ]
  for (const notice of notices) {
    sheet.doc.rect(PAGE.left, sheet.y, PAGE.width, 18).fill(COLOURS.warningBand)
    sheet.doc.rect(PAGE.left, sheet.y, 3, 18).fill(COLOURS.warning)
    const place = { x: PAGE.left + 10, y: sheet.y + 5, width: PAGE.width - 20 }
    line(sheet, notice, { ...place, size: 8.5 })
    sheet.y += 23
  }
}

interface Card {
  readonly title: string
  readonly value: string
  readonly note: string
  readonly change: number | null
}

function cardsOf(sheet: Sheet): readonly Card[] {
  const { report, words } = sheet
  const { texts } = words
  const { summary, demand, efficiency, quality, cost } = report
  const card = (title: string, figure: Compared, value: string): Card => ({
    title,
    value,
    note: figure.change_percent === null ? texts.notReported : words.change(figure.change_percent),
    change: figure.change_percent,
  })
  return [
    card(texts.energy, summary.energy_joules, words.energy(summary.energy_joules.current)),
    card(texts.meanPower, summary.mean_power_watts, words.power(summary.mean_power_watts.current)),
    {
      ...card(texts.peakDemand, summary.peak_power_watts, words.power(demand.peak_power_watts)),
    },
    card(
      texts.gpuUtilization,
      summary.gpu_utilization_percent,
      words.percent(summary.gpu_utilization_percent.current),
    ),
    {
      title: texts.pue,
      value: words.number(efficiency.pue, 2),
      note: texts.pueShort[efficiency.pue_source ?? 'none'],
      change: null,
    },
    {
      title: texts.coverage,
      value: words.percent(quality.time_coverage * 100),
      note: `${texts.nodes}: ${words.percent(percentOf(quality.node_coverage))}`,
      change: null,
    },
    card(texts.totalCost, cost?.cost ?? UNKNOWN, moneyOf(sheet)),
    card(texts.carbon, cost?.carbon_kg ?? UNKNOWN, words.carbon(cost?.carbon_kg.current ?? null)),
  ]
}

const UNKNOWN: Compared = { current: null, previous: null, change_percent: null }

const moneyOf = ({ report: { cost }, words }: Sheet): string =>
  cost === null ? words.texts.notReported : words.money(cost.cost.current, cost.currency)

const percentOf = (share: number | null): number | null => (share === null ? null : share * 100)

const ACROSS = 4

function drawCards(sheet: Sheet): void {
  const gap = 8
  const width = (PAGE.width - (ACROSS - 1) * gap) / ACROSS
  const height = 66
  for (const [index, card] of cardsOf(sheet).entries()) {
    const x = PAGE.left + (index % ACROSS) * (width + gap)
    const y = sheet.y + Math.floor(index / ACROSS) * (height + gap)
    drawCard(sheet, card, { x, y, width, height })
  }
  sheet.y += 2 * (height + gap)
  paragraph(sheet, sheet.words.texts.against, { size: 7.5, colour: COLOURS.faint })
}

interface Frame {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function drawCard(sheet: Sheet, card: Card, { x, y, width, height }: Frame): void {
  const { doc } = sheet
  doc.roundedRect(x, y, width, height, 4).fill(COLOURS.band)
  doc.rect(x, y + 8, 2.5, height - 16).fill(COLOURS.accent)
  const place = { x: x + 12, width: width - 22 }
  line(sheet, card.title, { ...place, y: y + 9, size: 8.5, colour: COLOURS.soft })
  line(sheet, card.value, { ...place, y: y + 25, size: 14, font: 'bold', colour: COLOURS.navy })
  const shift = drawArrow(sheet, card.change, { x: place.x, y: y + 49 })
  line(sheet, card.note, {
    x: place.x + shift,
    width: place.width - shift,
    y: y + 50,
    size: 8,
    colour: COLOURS.soft,
  })
}

/** Up or down, drawn and not typed; gives the room that it takes. */
function drawArrow(
  { doc }: Sheet,
  change: number | null,
  { x, y }: { readonly x: number; readonly y: number },
): number {
  if (change === null || change === 0) return 0
  const [tip, base] = change > 0 ? [y + 1, y + 7] : [y + 7, y + 1]
  doc.polygon([x, base], [x + 7, base], [x + 3.5, tip])
  doc.fill(change > 0 ? COLOURS.warning : COLOURS.accent)
  return 11
}

function drawPower(sheet: Sheet): void {
  const { report, words } = sheet
  const { trend } = report
  heading(sheet, words.texts.powerTrend, 220)
  const parts = trend.power.flatMap(({ name, points }): readonly Curve[] =>
    name === 'total'
      ? []
      : [
          {
            name: words.texts.parts[name as keyof typeof PART_COLOURS],
            colour: PART_COLOURS[name as keyof typeof PART_COLOURS],
            points,
          },
        ],
  )
  curveChart(sheet, {
    areas: parts,
    lines: [
      { name: words.texts.previous, colour: COLOURS.ink, dashed: true, points: before(sheet) },
    ],
    unit: 'kW',
    height: 215,
    stepSeconds: trend.step_seconds,
    divisor: 1000,
    fromZero: true,
  })
}

/** The period before, laid over this one from its start on. */
function before({ report }: Sheet): Curve['points'] {
  const shift = (report.period.start.getTime() - report.previous_period.start.getTime()) / 1000
  const until = report.period.end.getTime() / 1000
  return report.trend.previous_power.points
    .map(([time, value]) => [time + shift, value] as const)
    .filter(([time]) => time <= until)
}
