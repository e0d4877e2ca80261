import { USES, type UseRows } from '../../../analysis/report/report.ts'
import { dividedBars, type Piece } from './bars.ts'
import { COLOURS, USE_COLOURS } from './colours.ts'
import { curveChart } from './curves.ts'
import { LINE_COLOURS } from './colours.ts'
import { heading, paragraph, subheading, type Sheet } from './page.ts'
import { table } from './table.ts'

/** How many idle boards a page shows; the others are in the JSON and the workbook. */
const MOST_IDLE = 12

/** The accelerators: utilisation, models, and what was allocated and idle. */
export function drawBoards(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { accelerators } = report
  heading(sheet, texts.accelerators, 180)
  drawUtilization(sheet)
  drawModels(sheet)
  subheading(sheet, texts.use, 120)
  const bars = accelerators.by_model.map(({ model, uses }) => ({
    label: model ?? texts.notReported,
    pieces: piecesOf(sheet, uses),
  }))
  dividedBars(sheet, bars)
  drawUses(sheet)
  paragraph(
    sheet,
    texts.usesNote(
      words.number(accelerators.idle_below_percent),
      words.number(accelerators.step_seconds / 3600, 1),
    ),
    { size: 7.5, colour: COLOURS.soft },
  )
  drawIdle(sheet)
}

function piecesOf({ words: { texts } }: Sheet, uses: UseRows): readonly Piece[] {
  return USES.map((use) => ({
    name: texts.uses[use],
    colour: USE_COLOURS[use],
    value: uses[use].board_hours,
  }))
}

function drawUtilization(sheet: Sheet): void {
  const { report, words } = sheet
  const { utilization } = report.trend
  if (utilization.length === 0) return
  curveChart(sheet, {
    areas: [],
    lines: utilization.map(({ name, points }, index) => ({
      name: name === 'gpu' ? words.texts.gpuUtilization : words.texts.npuUtilization,
      colour: LINE_COLOURS[index] ?? COLOURS.ink,
      points,
    })),
    unit: '%',
    height: 140,
    stepSeconds: report.accelerators.step_seconds,
    divisor: 1,
    fromZero: true,
  })
}

function drawModels(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  subheading(sheet, texts.byModel, 80)
  table(
    sheet,
    [
      { title: texts.model, weight: 4.4 },
      { title: texts.boards, weight: 1.2, isNumber: true },
      { title: texts.energy, weight: 2.4, isNumber: true },
      { title: texts.share, weight: 1.5, isNumber: true },
      { title: texts.wattsEach, weight: 2, isNumber: true },
      { title: texts.utilization, weight: 2, isNumber: true },
      { title: texts.uses.allocated_idle, weight: 2.8, isNumber: true },
    ],
    report.accelerators.by_model.map((row) => ({
      cells: [
        row.model ?? texts.notReported,
        words.number(row.boards),
        words.energy(row.energy_joules),
        words.percent(row.share_percent),
        words.number(row.board_power_watts, 1),
        words.percent(row.utilization_percent),
        words.energy(row.uses.allocated_idle.energy_joules),
      ],
    })),
  )
}

function drawUses(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  table(
    sheet,
    [
      { title: texts.use, weight: 4 },
      { title: `${texts.boards} × h`, weight: 2, isNumber: true },
      { title: texts.energy, weight: 2, isNumber: true },
      { title: texts.share, weight: 2, isNumber: true },
    ],
    USES.map((use) => {
      const row = report.accelerators.uses[use]
      return {
        cells: [
          texts.uses[use],
          words.number(row.board_hours),
          words.energy(row.energy_joules),
          words.percent(row.share_percent),
        ],
      }
    }),
  )
}

function drawIdle(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { idle_boards: idle } = report.accelerators
  subheading(sheet, texts.idleBoards, 60)
  if (idle.length === 0) {
    paragraph(sheet, texts.noIdleBoards, { size: 8.5 })
    return
  }
  table(
    sheet,
    [
      { title: texts.node, weight: 3 },
      { title: texts.device, weight: 3 },
      { title: texts.model, weight: 2.8 },
      { title: texts.holder, weight: 4 },
      { title: texts.idleHours, weight: 1.7, isNumber: true },
      { title: texts.energy, weight: 1.9, isNumber: true },
    ],
    idle.slice(0, MOST_IDLE).map((row) => ({
      cells: [
        [row.cluster, row.node ?? ''].join(' / '),
        row.device,
        row.model ?? texts.notReported,
        [row.namespace, row.workload].filter((name) => name !== null).join(' / '),
        words.number(row.idle_hours, 1),
        words.energy(row.energy_joules),
      ],
    })),
  )
  if (idle.length > MOST_IDLE)
    paragraph(sheet, texts.more(words.number(idle.length - MOST_IDLE)), {
      size: 7.5,
      colour: COLOURS.soft,
    })
}
