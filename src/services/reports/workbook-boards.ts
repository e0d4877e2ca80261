import { USES, type ModelRow, type NodeRow, type Use } from '../../analysis/report/report.ts'
import { addTable, energyColumns, kwh, localTime, type Writing } from './workbook-sheet.ts'

/** The models of accelerators, and below them the boards that were held and idle. */
export function addAccelerators(writing: Writing): void {
  const { report, words } = writing
  const { texts } = words
  const hours = (use: Use) => ({
    title: `${texts.uses[use]} (${texts.boards} × h)`,
    format: 'hours' as const,
    width: 20,
    value: (row: ModelRow) => row.uses[use].board_hours,
  })
  const sheet = addTable(writing, 'accelerators', {
    columns: [
      {
        title: texts.model,
        format: 'text',
        width: 32,
        value: ({ model }: ModelRow) => model ?? texts.notReported,
      },
      { title: texts.boards, format: 'count', width: 10, value: ({ boards }) => boards },
      ...energyColumns<ModelRow>(writing),
      { title: texts.wattsEach, format: 'power', width: 14, value: (row) => row.board_power_watts },
      {
        title: texts.utilization,
        format: 'percent',
        width: 14,
        value: (row) => row.utilization_percent,
      },
      ...USES.map(hours),
      {
        title: `${texts.uses.allocated_idle} (kWh)`,
        format: 'energy',
        width: 20,
        value: (row) => kwh(row.uses.allocated_idle.energy_joules),
      },
    ],
    rows: report.accelerators.by_model,
  })
  addIdle(writing, sheet)
}

function addIdle({ report, words }: Writing, sheet: ReturnType<typeof addTable>): void {
  const { texts } = words
  sheet.addRow([])
  const title = sheet.addRow([texts.idleBoards])
  title.font = { bold: true }
  const heading = sheet.addRow([
    texts.model,
    texts.idleHours,
    texts.energy,
    texts.cluster,
    texts.node,
    texts.device,
    texts.namespace,
    texts.holder,
  ])
  heading.font = { bold: true }
  for (const row of report.accelerators.idle_boards) {
    const added = sheet.addRow([
      row.model ?? texts.notReported,
      row.idle_hours,
      kwh(row.energy_joules),
      row.cluster,
      row.node,
      row.device,
      row.namespace,
      row.workload,
    ])
    added.getCell(2).numFmt = '0.00" h"'
    for (const column of [4, 5, 6, 7, 8]) added.getCell(column).numFmt = '@'
  }
}

/** The nodes by their energy. */
export function addInfrastructure(writing: Writing): void {
  const { report, words } = writing
  const { texts } = words
  const local = localTime(writing)
  const sheet = addTable(writing, 'infrastructure', {
    columns: [
      { title: texts.rank, format: 'count', width: 8, value: ({ rank }: NodeRow) => rank },
      { title: texts.cluster, format: 'text', width: 18, value: ({ cluster }) => cluster },
      { title: texts.node, format: 'text', width: 34, value: ({ node }) => node },
      ...energyColumns<NodeRow>(writing),
      { title: texts.peak, format: 'power', width: 16, value: (row) => row.peak_power_watts },
      { title: texts.peakTime, format: 'time', width: 18, value: (row) => local(row.peak_start) },
      { title: texts.accelerators, format: 'count', width: 13, value: (row) => row.accelerators },
      {
        title: texts.temperature,
        format: 'celsius',
        width: 12,
        value: (row) => row.temperature_celsius_max,
      },
      {
        title: texts.method,
        format: 'text',
        width: 12,
        value: ({ method }) => (method === 'estimated' ? texts.estimated : texts.measured),
      },
      { title: texts.sources, format: 'text', width: 36, value: (row) => row.sources.join(', ') },
    ],
    rows: report.nodes.rows,
  })
  addRest(writing, sheet)
}

/** What is not listed, and what is on no node: with them the rows add up to all of the energy. */
function addRest({ report, words }: Writing, sheet: ReturnType<typeof addTable>): void {
  const { others, unplaced } = report.nodes
  const { texts } = words
  const rest = [
    [texts.others, others],
    [texts.unplaced, unplaced],
  ] as const
  for (const [name, row] of rest)
    if (row !== null)
      sheet.addRow([
        null,
        null,
        name,
        kwh(row.energy_joules),
        row.mean_power_watts,
        row.share_percent,
      ])
}
