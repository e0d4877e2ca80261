import { invalidRequest } from '../../kernel/errors.ts'
import {
  GROUPINGS,
  isAdditive,
  METRICS,
  type Aggregation,
  type Grouped,
  type Metric,
} from './metric-list.ts'

/** What is asked of a measure, before it is known to fit together. */
interface Fitting {
  readonly metric: Metric
  readonly entity: Grouped | undefined
  readonly aggregation: Aggregation
  readonly by: string
}

/** What a question is about. Rejects with `invalid_request` for what does not fit together. */
export function fittingEntity(question: Fitting): Grouped {
  const entity = entityOf(question)
  checkFit(question, entity)
  return entity
}

function entityOf({ metric, entity }: Fitting): Grouped {
  const having: readonly Grouped[] = METRICS[metric]
  const [usual] = METRICS[metric]
  if (entity === undefined) return usual
  if (having.includes(entity)) return entity
  throw invalidRequest('/query/entity', `must be one of ${having.join(', ')} for ${metric}`)
}

function checkFit({ metric, aggregation, by }: Fitting, entity: Grouped): void {
  const groupings: readonly string[] = GROUPINGS[entity]
  if (!groupings.includes(by))
    throw invalidRequest('/query/by', `must be one of ${groupings.join(', ')} for ${entity}`)
  if (aggregation === 'sum' && !isAdditive(metric))
    throw invalidRequest('/query/aggregation', `must not be sum: ${metric} cannot be added`)
}
