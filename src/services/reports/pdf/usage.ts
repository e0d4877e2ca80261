import type { EnergyFigures } from '../../../analysis/report/report.ts'
import { columnChart, dividedBars } from './bars.ts'
import { PART_COLOURS } from './colours.ts'
import { ensure, heading, paragraph, subheading, type Sheet } from './page.ts'
import { table, type Cell, type TableColumn } from './table.ts'
import { COLOURS } from './colours.ts'
import { JOULES_PER_KWH } from '../wording.ts'

/** Demand, the energy of each day, and what it went to. */
export function drawUsage(sheet: Sheet): void {
  drawDemand(sheet)
  if (sheet.report.trend.buckets.length > 1) drawBuckets(sheet)
  drawParts(sheet)
  drawClusters(sheet)
}

function drawDemand(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { demand } = report
  heading(sheet, texts.demand)
  const interval = words.number(demand.interval_seconds / 60)
  table(
    sheet,
    [
      { title: texts.figure, weight: 4 },
      { title: texts.value, weight: 2, isNumber: true },
      { title: texts.time, weight: 4, isNumber: true },
    ],
    [
      {
        cells: [
          texts.demandText(interval),
          words.power(demand.peak_power_watts),
          `${words.time(demand.peak_start)} – ${words.time(demand.peak_end).slice(11)}`,
        ],
      },
      {
        cells: [
          `${texts.peakDemand} (${texts.previousPeriod})`,
          words.power(demand.previous_peak_power_watts),
          '',
        ],
      },
      { cells: [texts.lowest, words.power(demand.lowest_power_watts), ''] },
      {
        cells: [
          texts.loadFactor,
          words.percent(demand.load_factor === null ? null : demand.load_factor * 100),
          '',
        ],
      },
    ],
  )
}

function drawBuckets(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { buckets } = report.trend
  const isWeeks = buckets.some((bucket) => bucket.start_date !== bucket.end_date)
  heading(sheet, isWeeks ? texts.energyByWeek : texts.energyByDay, 190)
  columnChart(
    sheet,
    buckets.map(({ start_date: label, energy_joules: joules }) => ({
      label: label.slice(5),
      value: joules === null ? null : joules / JOULES_PER_KWH,
    })),
    { unit: 'kWh', height: 165 },
  )
  const covered = (seconds: number, hours: number) => words.percent((seconds / 3600 / hours) * 100)
  table(
    sheet,
    [
      { title: isWeeks ? texts.week : texts.day, weight: 3 },
      { title: texts.hours, weight: 1.4, isNumber: true },
      { title: texts.energy, weight: 2.6, isNumber: true },
      { title: texts.meanPower, weight: 2.4, isNumber: true },
      { title: texts.peak, weight: 2.4, isNumber: true },
      { title: texts.peakTime, weight: 3.2, isNumber: true },
      { title: texts.timeCoverage, weight: 2.4, isNumber: true },
    ],
    buckets.map((bucket) => ({
      cells: [
        bucket.start_date,
        words.number(bucket.hours, Number.isInteger(bucket.hours) ? 0 : 2),
        words.energy(bucket.energy_joules),
        words.power(bucket.mean_power_watts),
        words.power(bucket.peak_power_watts),
        words.time(bucket.peak_start),
        covered(bucket.covered_seconds, bucket.hours),
      ],
    })),
  )
}

/** The columns that every table of energies ends with. */
export function energyColumns({ words: { texts } }: Sheet): readonly TableColumn[] {
  return [
    { title: texts.energy, weight: 2.6, isNumber: true },
    { title: texts.meanPower, weight: 2.2, isNumber: true },
    { title: texts.share, weight: 1.8, isNumber: true },
    { title: '', weight: 2 },
  ]
}

/** Their cells; `most` is the share whose bar is full. */
export function energyCells({ words }: Sheet, row: EnergyFigures, most = 100): readonly Cell[] {
  return [
    words.energy(row.energy_joules),
    words.power(row.mean_power_watts),
    words.percent(row.share_percent),
    { bar: (row.share_percent ?? 0) / Math.max(1e-9, most) },
  ]
}

function drawParts(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  heading(sheet, texts.composition, 150)
  dividedBars(sheet, [
    {
      label: '',
      pieces: report.parts.flatMap(({ part, energy_joules: joules }) =>
        joules === null
          ? []
          : [{ name: texts.parts[part], colour: PART_COLOURS[part], value: joules }],
      ),
    },
  ])
  table(
    sheet,
    [{ title: texts.part, weight: 4 }, ...energyColumns(sheet)],
    report.parts.map((row) => ({ cells: [texts.parts[row.part], ...energyCells(sheet, row)] })),
  )
}

function drawClusters(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  subheading(sheet, texts.clusters)
  table(
    sheet,
    [
      { title: texts.cluster, weight: 3 },
      { title: texts.nodes, weight: 1.2, isNumber: true },
      { title: texts.accelerators, weight: 1.6, isNumber: true },
      ...energyColumns(sheet),
    ],
    report.clusters.map((row) => ({
      cells: [
        row.cluster,
        words.number(row.nodes.known),
        words.number(row.accelerators),
        ...energyCells(sheet, row),
      ],
    })),
  )
  ensure(sheet, 20)
  const { method } = report.summary
  if (method !== null)
    paragraph(
      sheet,
      `${texts.method}: ${method === 'measured' ? texts.measured : texts.estimatedNote}`,
      { size: 7.5, colour: COLOURS.soft },
    )
}
