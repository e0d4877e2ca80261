import type { EnergyFigures, UserRow } from '../../analysis/report/report.ts'
import { addTable, energyColumns, type SheetColumn, type Writing } from './workbook-sheet.ts'

interface Row extends EnergyFigures {
  readonly by: string
  readonly rank: number | null
  readonly cluster: string | null
  readonly name: string
  readonly cost?: number
}

/** The energy by component, cluster, namespace and kind of workload; the rows of each add up to all of it. */
export function addBreakdown(writing: Writing): void {
  const { texts } = writing.words
  const columns: readonly SheetColumn<Row>[] = [
    { title: texts.detail, format: 'text', width: 20, value: ({ by }) => by },
    { title: texts.rank, format: 'count', width: 8, value: ({ rank }) => rank },
    { title: texts.cluster, format: 'text', width: 20, value: ({ cluster }) => cluster },
    { title: texts.name, format: 'text', width: 40, value: ({ name }) => name },
    ...energyColumns<Row>(writing),
    {
      title: `${texts.totalCost} (${writing.report.cost?.currency ?? ''})`,
      format: 'money',
      width: 16,
      value: ({ cost }) => cost ?? null,
    },
  ]
  addTable(writing, 'breakdown', { columns, rows: rowsOf(writing) })
}

function costOf({ report }: Writing, cluster: string): Pick<Row, 'cost'> {
  const found = report.cost?.clusters.find((row) => row.cluster === cluster)
  return found === undefined ? {} : { cost: found.cost }
}

function rowsOf(writing: Writing): readonly Row[] {
  const { report, words } = writing
  const { texts } = words
  const user =
    (by: string) =>
    (row: UserRow): Row => ({
      ...row,
      by,
      name: row.kind === 'named' ? row.name : texts[row.kind],
    })
  return [
    ...report.parts.map((row) => ({
      ...row,
      by: texts.part,
      rank: null,
      cluster: null,
      name: texts.parts[row.part],
    })),
    ...report.clusters.map((row, index) => ({
      ...row,
      by: texts.cluster,
      rank: index + 1,
      name: row.cluster,
      ...costOf(writing, row.cluster),
    })),
    ...report.namespaces.rows.map(user(texts.namespace)),
    ...report.workload_types.map(user(texts.workloadType)),
  ]
}
