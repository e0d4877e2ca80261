import { fittingEntity, readNow } from '../../services/series/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { frameOf, rowsOf, type MetricQuestion } from './metric-series.ts'

/** One measure as it is now, of groups of things: series of one point. Rejects as `metricSeries` does. */
export async function metricNow(
  needs: Needs,
  asked: Asked,
  question: Omit<MetricQuestion, 'window'> & { readonly stepSeconds: number },
) {
  const { metric, aggregation, by, stepSeconds } = question
  const entity = fittingEntity(question)
  const read = await readNow(needs, asked, { metric, entity, by })
  const range = { start: asked.at, end: asked.at, stepSeconds }
  return outcome(asked, read, {
    ...frameOf(metric, range),
    aggregation,
    by,
    series: rowsOf(read.rows, { metric, aggregation, by }, range),
  })
}
