import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stretchOf } from '../../src/analysis/forecast/series.ts'

const FOLDER = join(import.meta.dirname, '../../../shared/fixtures/timeseries')

/** Whether the real series lie beside the project. They are not part of it; tests that read them skip without. */
export const haveSeries = existsSync(FOLDER)

if (!haveSeries)
  console.warn(
    'The real series (../shared/fixtures/timeseries) are absent: their tests are skipped.',
  )

const linesOf = (name: string): readonly string[] =>
  readFileSync(join(FOLDER, name), 'utf8').trim().split('\n').slice(1)

/** The rows of a table of comma-separated texts, without its head. */
export const tableOf = (name: string): readonly (readonly string[])[] =>
  linesOf(name).map((line) => line.split(','))

/** The oil temperature of ETTh1, standardised by its first 8,640 hours as the published figures are. */
export function etth1(): Float64Array {
  const values = tableOf('ETTh1.csv').map((row) => Number(row.at(-1)))
  const training = values.slice(0, 8640)
  const mean = training.reduce((sum, value) => sum + value, 0) / training.length
  const squares = training.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / training.length)
  return Float64Array.from(values.slice(0, 14_400), (value) => (value - mean) / deviation)
}

/** The watts of a GPU server by the hour: its longest stretch, with the six hours after it that a fill would reach. */
export function gpuServer(id: '05' | '07' | '08'): Float64Array {
  const watts = new Map<number, number>()
  for (const [time = '', power] of tableOf(`gpu-server-hourly-cbsugpu${id}.csv`))
    watts.set(Math.round(Date.parse(`${time}Z`) / 3_600_000), Number(power))
  const hours = [...watts.keys()]
  const first = Math.min(...hours)
  const length = Math.max(...hours) - first + 1
  const points = Array.from({ length }, (_, hour) => watts.get(first + hour) ?? null)
  const { values } = stretchOf(points, 'longest')!
  const last = values.at(-1)!
  return Float64Array.from([...values, ...new Array<number>(6).fill(last)])
}
