export { readCoverage } from './coverage.ts'
export { fittingEntity } from './fitting.ts'
export { groupedSeries, thingsOf, type Grouping } from './grouped-series.ts'
export {
  AGGREGATIONS,
  GROUPINGS,
  isAdditive,
  METRIC_NAMES,
  METRICS,
  THINGS,
  type Aggregation,
  type Grouped,
  type Metric,
} from './metric-list.ts'
export { readPowerSeries } from './power-series.ts'
export { readNow, readSeries, type SeriesNeeds, type SeriesQuestion } from './read-series.ts'
