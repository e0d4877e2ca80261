import { MEASURES } from '../../catalogue/measures.ts'
import { resolveWindow, type TimeRange, type WindowRequest } from '../../kernel/time-range.ts'
import { baseUnitOf } from '../../kernel/units.ts'
import {
  fittingEntity,
  groupedSeries,
  readSeries,
  type Aggregation,
  type Grouped,
  type Grouping,
  type Metric,
} from '../../services/series/index.ts'
import type { ReadingSeries } from '../../services/telemetry/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { pointsOf } from './power-series.ts'
import type { SeriesRow } from './schemas.ts'

export interface MetricQuestion {
  readonly metric: Metric
  readonly entity: Grouped | undefined
  readonly aggregation: Aggregation
  readonly by: string
  readonly window: WindowRequest
}

/** One measure over a window, of groups of things. Rejects with `invalid_request` for what does not fit together. */
export async function metricSeries(needs: Needs, asked: Asked, question: MetricQuestion) {
  const { metric, aggregation, by } = question
  const range = resolveWindow(question.window, asked.at)
  const entity = fittingEntity(question)
  const read = await readSeries(needs, asked, { metric, entity, by, range })
  return outcome(asked, read, {
    ...frameOf(metric, range),
    aggregation,
    by,
    series: rowsOf(read.rows, { metric, aggregation, by }, range),
  })
}

/** What every answer with series of one measure begins with. */
export function frameOf(metric: Metric, { start, end, stepSeconds }: TimeRange) {
  const unit = baseUnitOf(MEASURES[metric].dimension)
  return { metric, unit, start, end, step_seconds: stepSeconds }
}

/** The series of groups as they stand in an answer. */
export function rowsOf(
  rows: readonly ReadingSeries[],
  grouping: Grouping,
  range: TimeRange,
): SeriesRow[] {
  return groupedSeries(rows, grouping).map(({ key, values, sources }) => ({
    key,
    points: pointsOf(values, range),
    sources: [...sources],
  }))
}
