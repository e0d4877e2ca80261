import { combine } from '../../kernel/answer.ts'
import { resolveWindow, type WindowRequest } from '../../kernel/time-range.ts'
import { readSeries, type Aggregation } from '../../services/series/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { frameOf, rowsOf } from './metric-series.ts'

/** The temperatures there are, and of what. */
const TEMPERATURES = [
  { metric: 'gpu_temperature_celsius', entity: 'gpu' },
  { metric: 'memory_temperature_celsius', entity: 'gpu' },
  { metric: 'npu_temperature_celsius', entity: 'npu' },
  { metric: 'temperature_celsius', entity: 'bmc' },
] as const

export interface TemperatureQuestion {
  readonly by: 'cluster' | 'node'
  readonly aggregation: Exclude<Aggregation, 'sum' | 'p95' | 'count'>
  readonly window: WindowRequest
}

/** Every kind of temperature over a window; kinds that nobody reports are left out. */
export async function temperatureSeries(
  needs: Needs,
  asked: Asked,
  { by, aggregation, window }: TemperatureQuestion,
) {
  const range = resolveWindow(window, asked.at)
  const read = await Promise.all(
    TEMPERATURES.map(async (kind) => ({
      ...kind,
      answer: await readSeries(needs, asked, { ...kind, by, range }),
    })),
  )
  const reported = read.filter(({ answer }) => answer.rows.length > 0)
  return outcome(asked, combine(read.map(({ answer }) => answer)), {
    by,
    aggregation,
    timeseries: reported.map(({ metric, answer }) => ({
      ...frameOf(metric, range),
      series: rowsOf(answer.rows, { metric, aggregation, by }, range),
    })),
  })
}
