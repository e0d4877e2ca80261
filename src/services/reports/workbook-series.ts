import { addTable, localTime, type Writing } from './workbook-sheet.ts'

interface Row {
  readonly time: Date
  readonly name: string
  readonly unit: string
  readonly value: number | null
}

/** Every curve of the report, a row a point: the end of the step and its mean. A gap has no value. */
export function addSeries(writing: Writing): void {
  const { report, words } = writing
  const { texts } = words
  const local = localTime(writing)
  const { power, utilization, temperature } = report.trend
  const rows = [...power, ...utilization, ...temperature].flatMap(({ name, unit, points }) =>
    points.map(([seconds, value]): Row => ({ time: new Date(seconds * 1000), name, unit, value })),
  )
  addTable(writing, 'series', {
    columns: [
      {
        title: `${texts.time} (${report.timezone})`,
        format: 'time',
        width: 24,
        value: ({ time }: Row) => local(time),
      },
      {
        title: `${texts.time} (UTC)`,
        format: 'text',
        width: 26,
        value: ({ time }) => time.toISOString(),
      },
      { title: texts.name, format: 'text', width: 34, value: ({ name }) => name },
      { title: texts.value, format: 'ratio', width: 18, value: ({ value }) => value },
      { title: texts.unit, format: 'text', width: 12, value: ({ unit }) => unit },
    ],
    rows,
  })
}
