import type ExcelJS from 'exceljs'
import type { Compared } from '../../analysis/report/report.ts'
import { addTable, FORMATS, kwh, type Writing } from './workbook-sheet.ts'

interface FigureRow {
  readonly name: string
  readonly format: keyof typeof FORMATS
  readonly figure: Compared
  readonly note: string
}

/** The key figures beside those of the period before. */
export function addSummary(writing: Writing): void {
  const { texts } = writing.words
  const rows = figuresOf(writing)
  const told = (value: number | null): string | number => value ?? texts.notReported
  const sheet = addTable(writing, 'summary', {
    columns: [
      { title: texts.figure, format: 'text', width: 34, value: ({ name }: FigureRow) => name },
      {
        title: texts.current,
        format: 'count',
        width: 20,
        value: (row) => told(row.figure.current),
      },
      {
        title: texts.previous,
        format: 'count',
        width: 20,
        value: (row) => told(row.figure.previous),
      },
      {
        title: texts.change,
        format: 'percent',
        width: 16,
        value: (row) => told(row.figure.change_percent),
      },
      { title: texts.detail, format: 'text', width: 60, value: ({ note }) => note },
    ],
    rows,
  })
  for (const [index, { format }] of rows.entries()) formatRow(sheet.getRow(index + 2), format)
}

function formatRow(row: ExcelJS.Row, format: keyof typeof FORMATS): void {
  for (const column of [2, 3]) row.getCell(column).numFmt = FORMATS[format]
  for (const column of [2, 3, 4]) row.getCell(column).alignment = { horizontal: 'right' }
}

const alone = (current: number | null, previous: number | null = null): Compared => ({
  current,
  previous,
  change_percent: null,
})

const inPercent = (share: number | null): number | null => (share === null ? null : share * 100)

function figuresOf(writing: Writing): readonly FigureRow[] {
  const { report, words } = writing
  const { texts } = words
  const { summary, demand, efficiency, quality } = report
  const peak = `${words.time(demand.peak_start)} – ${words.time(demand.peak_end)} (${report.timezone})`
  const row = (
    name: string,
    format: FigureRow['format'],
    rest: { readonly figure: Compared; readonly note?: string },
  ): FigureRow => ({ name, format, note: '', ...rest })
  return [
    row(texts.energy, 'energy', { figure: summary.energy_kwh }),
    row(texts.meanPower, 'power', { figure: summary.mean_power_watts }),
    row(texts.peakDemand, 'power', { figure: summary.peak_power_watts, note: peak }),
    row(texts.lowest, 'power', { figure: alone(demand.lowest_power_watts) }),
    row(texts.loadFactor, 'percent', { figure: alone(inPercent(demand.load_factor)) }),
    row(texts.gpuUtilization, 'percent', { figure: summary.gpu_utilization_percent }),
    row(texts.npuUtilization, 'percent', { figure: summary.npu_utilization_percent }),
    row(texts.pue, 'ratio', {
      figure: alone(efficiency.pue, efficiency.previous_pue),
      note: texts.pueSources[efficiency.pue_source ?? 'none'],
    }),
    row(texts.facilityEnergy, 'energy', { figure: alone(kwh(efficiency.facility_energy_joules)) }),
    row(texts.itEnergy, 'energy', { figure: alone(kwh(efficiency.it_energy_joules)) }),
    row(texts.timeCoverage, 'percent', { figure: alone(quality.time_coverage * 100) }),
    row(texts.nodeCoverage, 'percent', { figure: alone(inPercent(quality.node_coverage)) }),
    ...costRows(writing),
  ]
}

function costRows({ report, words }: Writing): readonly FigureRow[] {
  const { cost } = report
  const { texts } = words
  if (cost === null)
    return [
      { name: texts.costAndCarbon, format: 'money', figure: alone(null), note: texts.notReported },
    ]
  const { currency, terms } = cost
  const row = (name: string, format: FigureRow['format'], figure: Compared): FigureRow => ({
    name,
    format,
    figure,
    note: format === 'money' ? currency : '',
  })
  const total = row(texts.totalCost, 'money', cost.cost)
  return [
    { ...total, note: `${currency} · ${texts.costModels[cost.model]}` },
    ...terms.map((term) => row(`${texts.totalCost}: ${texts.costTerms[term.term]}`, 'money', term)),
    row(texts.costPerKwh, 'money', alone(cost.cost_per_kwh)),
    row(texts.carbon, 'carbon', cost.carbon_kg),
  ]
}
