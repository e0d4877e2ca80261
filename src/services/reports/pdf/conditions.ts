import type { SeriesRow } from '../../../analysis/report/report.ts'
import { COLOURS, LINE_COLOURS } from './colours.ts'
import { curveChart, type Curve } from './curves.ts'
import { heading, paragraph, type Sheet } from './page.ts'
import { table } from './table.ts'

/** Temperature and efficiency. */
export function drawConditions(sheet: Sheet): void {
  drawTemperatures(sheet)
  drawEfficiency(sheet)
}

function drawTemperatures(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  heading(sheet, texts.temperature, 180)
  if (report.temperatures.length === 0) {
    paragraph(sheet, texts.notReported, { size: 8.5 })
    return
  }
  drawCurves(sheet)
  table(
    sheet,
    [
      { title: texts.temperature, weight: 2.4 },
      { title: texts.measuredThings, weight: 1.4, isNumber: true },
      { title: texts.mean, weight: 1.6, isNumber: true },
      { title: texts.highest, weight: 1.6, isNumber: true },
      { title: texts.where, weight: 5 },
      { title: texts.when, weight: 2.8, isNumber: true },
    ],
    report.temperatures.map((row) => ({
      cells: [
        texts.temperatures[row.metric],
        words.number(row.things),
        words.celsius(row.mean_celsius),
        words.celsius(row.highest_celsius),
        [row.highest_cluster, row.highest_node ?? '', row.highest_device].join(' / '),
        words.time(row.highest_at),
      ],
    })),
  )
}

function drawCurves(sheet: Sheet): void {
  const { report, words } = sheet
  const shown = report.temperatures.filter(({ metric }) => metric !== 'temperature_celsius')
  const lines = shown.flatMap(({ metric }, index): readonly Curve[] => {
    const colour = LINE_COLOURS[index] ?? COLOURS.ink
    const named = (name: string): SeriesRow | undefined =>
      report.trend.temperature.find((one) => one.name === name)
    const label = words.texts.temperatures[metric]
    return [
      { name: `${label}: ${words.texts.highest}`, colour, points: named(`${metric}_max`)?.points },
      { name: words.texts.mean, colour, dashed: true, points: named(metric)?.points },
    ].flatMap((curve) => (curve.points === undefined ? [] : [{ ...curve, points: curve.points }]))
  })
  if (lines.length === 0) return
  curveChart(sheet, {
    areas: [],
    lines,
    unit: '°C',
    height: 160,
    stepSeconds: report.accelerators.step_seconds,
    divisor: 1,
    fromZero: false,
  })
}

function drawEfficiency(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { efficiency } = report
  heading(sheet, texts.efficiency, 120)
  const rows: readonly (readonly [string, string, string])[] = [
    [texts.pue, words.number(efficiency.pue, 3), texts.pueSources[efficiency.pue_source ?? 'none']],
    [
      texts.facilityEnergy,
      words.energy(efficiency.facility_energy_joules),
      efficiency.facility_sources.join(', '),
    ],
    [texts.itEnergy, words.energy(efficiency.it_energy_joules), ''],
    [texts.gpuUtilization, words.percent(efficiency.gpu_utilization_percent), ''],
    [texts.npuUtilization, words.percent(efficiency.npu_utilization_percent), ''],
    [texts.workloadShare, words.percent(efficiency.workload_percent), ''],
    [texts.idle, words.percent(efficiency.idle_percent), ''],
    [texts.unattributed, words.percent(efficiency.unattributed_percent), ''],
  ]
  table(
    sheet,
    [
      { title: texts.figure, weight: 3 },
      { title: texts.value, weight: 2, isNumber: true },
      { title: texts.sources, weight: 5 },
    ],
    rows.map((cells) => ({ cells })),
  )
}
