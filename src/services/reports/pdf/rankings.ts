import type { UserRow } from '../../../analysis/report/report.ts'
import { heading, type Sheet } from './page.ts'
import { table, type TableRow } from './table.ts'
import { energyCells, energyColumns } from './usage.ts'

/** How many rows a ranking has on paper; the others are in the JSON and the workbook. */
const MOST_ROWS = 15

/** Nodes, namespaces and kinds of workload by their energy. */
export function drawRankings(sheet: Sheet): void {
  drawNodes(sheet)
  const { namespaces, workload_types: types } = sheet.report
  const { texts } = sheet.words
  drawUsers(sheet, texts.namespaces, { title: texts.namespace, rows: namespaces.rows })
  drawUsers(sheet, texts.workloadTypes, { title: texts.workloadType, rows: types })
}

function drawNodes(sheet: Sheet): void {
  const { report, words } = sheet
  const { texts } = words
  const { rows, total } = report.nodes
  heading(sheet, texts.nodes, 120)
  const most = rows[0]?.share_percent ?? 100
  table(
    sheet,
    [
      { title: texts.rank, weight: 0.7, isNumber: true },
      { title: texts.cluster, weight: 2 },
      { title: texts.node, weight: 3.4 },
      { title: texts.method, weight: 1.6 },
      ...energyColumns(sheet),
      { title: '°C', weight: 1.4, isNumber: true },
    ],
    [
      ...rows.slice(0, MOST_ROWS).map((row) => ({
        cells: [
          words.number(row.rank),
          row.cluster,
          row.node,
          row.method === 'estimated' ? texts.estimated : texts.measured,
          ...energyCells(sheet, row, most),
          row.temperature_celsius_max === null
            ? words.nothing
            : words.number(row.temperature_celsius_max),
        ],
      })),
      ...more(sheet, total, ['', '']),
      ...unplaced(sheet, most),
    ],
  )
}

/** What is on no node that has a total: with it the nodes add up to all of the energy. */
function unplaced(sheet: Sheet, most: number): readonly TableRow[] {
  const { unplaced: row } = sheet.report.nodes
  const { texts } = sheet.words
  if (row === null) return []
  return [
    { isQuiet: true, cells: ['', '', texts.unplaced, '', ...energyCells(sheet, row, most), ''] },
  ]
}

/** A row that says how many more there are; `before` are the cells left of its own. */
function more({ words }: Sheet, total: number, before: readonly string[]): readonly TableRow[] {
  if (total <= MOST_ROWS) return []
  const text = words.texts.more(words.number(total - MOST_ROWS))
  return [{ isQuiet: true, cells: [...before, text] }]
}

function drawUsers(
  sheet: Sheet,
  name: string,
  { title, rows }: { readonly title: string; readonly rows: readonly UserRow[] },
): void {
  const { words } = sheet
  const named = rows.filter(({ kind }) => kind === 'named')
  const hasClusters = named.some(({ cluster }) => cluster !== null)
  const most = rows.reduce((a, row) => Math.max(a, row.share_percent ?? 0), 0)
  heading(sheet, name, 120)
  const remainders = rows.filter(({ kind }) => kind !== 'named')
  const before = hasClusters ? ['', ''] : ['']
  table(
    sheet,
    [
      { title: words.texts.rank, weight: 0.7, isNumber: true },
      ...(hasClusters ? [{ title: words.texts.cluster, weight: 2 }] : []),
      { title, weight: 4 },
      ...energyColumns(sheet),
    ],
    [
      ...named.slice(0, MOST_ROWS).map((row) => userCells(sheet, row, { hasClusters, most })),
      ...more(sheet, named.length, before),
      ...remainders.map((row) => userCells(sheet, row, { hasClusters, most })),
    ],
  )
}

function userCells(
  sheet: Sheet,
  row: UserRow,
  { hasClusters, most }: { readonly hasClusters: boolean; readonly most: number },
): TableRow {
  return {
    isQuiet: row.kind !== 'named',
    cells: [
      row.rank === null ? '' : sheet.words.number(row.rank),
      ...(hasClusters ? [row.cluster ?? ''] : []),
      userName(sheet, row),
      ...energyCells(sheet, row, most),
    ],
  }
}

/** The name of a user, or what a remainder is. */
export function userName({ words: { texts } }: Pick<Sheet, 'words'>, row: UserRow): string {
  return row.kind === 'named' ? row.name : texts[row.kind]
}
