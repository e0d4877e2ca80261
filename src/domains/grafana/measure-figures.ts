import { MEASURES } from '../../catalogue/measures.ts'
import { KCloudError } from '../../kernel/errors.ts'
import {
  AGGREGATIONS,
  fittingEntity,
  GROUPINGS,
  groupedSeries,
  isAdditive,
  METRIC_NAMES,
  METRICS,
  readSeries,
  type Grouped,
  type Metric,
} from '../../services/series/index.ts'
import type { ReadingSeries } from '../../services/telemetry/index.ts'
import { CLUSTERS, NOTHING, type Asked, type Figure, type Told } from './figure.ts'
import type { Needs } from './needs.ts'
import { lineOf } from './power-figures.ts'
import { grafanaUnit } from './units.ts'

/** Every measure of the catalogue that can be drawn over time, by its own name. */
export const MEASURE_FIGURES: readonly Figure[] = METRIC_NAMES.map(figureOf)

function figureOf(metric: Metric): Figure {
  const entities: readonly Grouped[] = METRICS[metric]
  const groupings = [...new Set(entities.flatMap((entity) => GROUPINGS[entity]))]
  return {
    name: metric,
    label: `${metric}: ${MEASURES[metric].meaning}`,
    options: [
      CLUSTERS,
      { name: 'entity', label: 'Of', hint: entities[0] ?? '', choices: entities },
      { name: 'by', label: 'By', hint: 'cluster', choices: groupings },
      {
        name: 'aggregation',
        label: 'Aggregation',
        hint: 'avg',
        choices: AGGREGATIONS.filter((each) => each !== 'sum' || isAdditive(metric)),
      },
    ],
    read: (needs, asked) => readMeasure(needs, asked, metric),
  }
}

async function readMeasure(needs: Needs, asked: Asked, metric: Metric): Promise<Told> {
  const { payload, steps, clusters, at, signal } = asked
  if (steps === null) return NOTHING
  const entities: readonly Grouped[] = METRICS[metric]
  const question = {
    metric,
    entity: payload.choice('entity', entities, METRICS[metric][0]),
    by: payload.text('by') ?? 'cluster',
    aggregation: payload.choice('aggregation', AGGREGATIONS, 'avg'),
  }
  const { by, aggregation } = question
  const entity = inBody(() => fittingEntity(question))
  const also = filterLabels(asked, entity)
  const asking = { clusters, at: at('summary'), signal }
  const read = await readSeries(needs, asking, { metric, entity, by, also, range: steps })
  const rows = read.rows.filter((row) => asked.filters.accepts(labelsOf(row)))
  const series = groupedSeries(rows, { metric, aggregation, by })
  const unit = aggregation === 'count' ? 'short' : grafanaUnit(MEASURES[metric].dimension)
  return {
    clusters: read.clusters,
    warnings: read.warnings,
    lines: series.map(({ key, values }) => lineOf(key, values, { ...steps, unit })),
    sources: [...new Set(series.flatMap(({ sources }) => sources))],
  }
}

/** The service names the parameters of our own routes. */
function inBody<Value>(check: () => Value): Value {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    const errors = error.errors.map(({ pointer, detail }) => ({
      pointer: pointer.replace('/query/', '/body/targets/payload/'),
      detail,
    }))
    throw new KCloudError(error.kind, { detail: error.detail, errors, cause: error })
  }
}

const CHOSEN_BY = ['node', 'namespace', 'pod', 'model', 'uuid'] as const

/** The labels that a dashboard is filtered by and that this thing has. */
function filterLabels({ filters }: Asked, entity: Grouped) {
  const has: readonly string[] = GROUPINGS[entity]
  return CHOSEN_BY.filter((label) => filters.keys.includes(label) && has.includes(label))
}

const labelsOf = ({ cluster, vendor, labels }: ReadingSeries) => ({ ...labels, cluster, vendor })
