import { combine } from '../../kernel/answer.ts'
import type { ReadingSeries } from '../../services/telemetry/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { THINGS } from './metric-list.ts'
import {
  fittingEntity,
  frameOf,
  groupedSeries,
  renamed,
  withLabel,
  type MetricQuestion,
} from './metric-series.ts'

/** One measure as it is now, of groups of things: series of one point. Rejects as `metricSeries` does. */
export async function metricNow(
  { telemetry, fleet }: Needs,
  asked: Asked,
  question: Omit<MetricQuestion, 'window'> & { readonly stepSeconds: number },
) {
  const { metric, aggregation, by, stepSeconds } = question
  const { clusters, at, signal } = asked
  const entity = fittingEntity(question)
  const [names, found] = await Promise.all([
    fleet.names(asked),
    telemetry.latest({
      entity,
      labels: withLabel(THINGS[entity], by),
      measures: [metric],
      clusters,
      at,
      signal,
      shelf: 'realtime',
    }),
  ])
  const rows = found.rows.map(({ values, ...row }): ReadingSeries =>
    renamed({ ...row, values: [values[metric] ?? null] }, names),
  )
  const range = { start: at, end: at, stepSeconds }
  return outcome(asked, combine([found, names]), {
    ...frameOf(metric, range),
    aggregation,
    by,
    series: groupedSeries(rows, { metric, aggregation, by, range }),
  })
}
