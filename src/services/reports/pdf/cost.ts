import type { CostSection } from '../../../analysis/report/report.ts'
import { COLOURS } from './colours.ts'
import { heading, paragraph, subheading, type Sheet } from './page.ts'
import { table } from './table.ts'

/** What the energy cost and emitted, by term and by cluster. */
export function drawCost(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { cost } = report
  heading(sheet, texts.costAndCarbon, 180)
  if (cost === null) {
    paragraph(sheet, texts.notReported, { size: 8.5, colour: COLOURS.soft })
    return
  }
  paragraph(sheet, `${texts.method}: ${texts.costModels[cost.model]}`, {
    size: 7.5,
    colour: COLOURS.soft,
  })
  drawTerms(sheet, cost)
  subheading(sheet, texts.clusters)
  drawClusters(sheet, cost)
}

function drawTerms(sheet: Sheet, cost: CostSection): void {
  const { words } = sheet
  const { texts } = words
  const terms = cost.terms.filter(({ current, previous }) => current !== 0 || (previous ?? 0) !== 0)
  const row = (
    name: string,
    figure: CostSection['cost'],
    told: (value: number | null) => string,
  ) => ({
    cells: [
      name,
      told(figure.current),
      told(figure.previous),
      figure.change_percent === null ? words.nothing : words.change(figure.change_percent),
    ],
  })
  const money = (value: number | null): string => words.money(value, cost.currency)
  table(
    sheet,
    [
      { title: texts.figure, weight: 4 },
      { title: texts.current, weight: 2.4, isNumber: true },
      { title: texts.previous, weight: 2.4, isNumber: true },
      { title: texts.change, weight: 1.6, isNumber: true },
    ],
    [
      row(texts.totalCost, cost.cost, money),
      ...terms.map((term) => row(`– ${texts.costTerms[term.term]}`, term, money)),
      { cells: [texts.costPerKwh, money(cost.cost_per_kwh), '', ''] },
      row(texts.facilityEnergy, cost.facility_energy_kwh, (value) => words.kwh(value)),
      row(texts.carbon, cost.carbon_kg, (value) => words.carbon(value)),
    ],
  )
}

function drawClusters(sheet: Sheet, cost: CostSection): void {
  const { words } = sheet
  const { texts } = words
  table(
    sheet,
    [
      { title: texts.cluster, weight: 2 },
      { title: texts.energy, weight: 2.2, isNumber: true },
      { title: texts.totalCost, weight: 2.4, isNumber: true },
      { title: texts.share, weight: 1.4, isNumber: true },
      { title: texts.carbon, weight: 2.4, isNumber: true },
      { title: texts.pue, weight: 1.8, isNumber: true },
      { title: texts.tariff, weight: 2.4 },
      { title: texts.carbonSource, weight: 2.8 },
    ],
    cost.clusters.map((row) => ({
      cells: [
        row.cluster,
        words.kwh(row.energy_kwh),
        words.money(row.cost, cost.currency),
        words.percent(row.share_percent),
        words.carbon(row.carbon_kg),
        `${words.number(row.pue, 2)} ${row.pue_source === null ? '' : texts.pueShort[row.pue_source]}`.trim(),
        row.tariff ?? words.nothing,
        row.carbon_intensity_source ?? words.nothing,
      ],
    })),
  )
}
