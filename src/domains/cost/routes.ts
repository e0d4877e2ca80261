import { z } from 'zod'
import type { App, ResourceRequest } from '../../http/app.ts'
import { exactFilter, nameText } from '../../http/parameters.ts'
import type { WindowRequest } from '../../kernel/time-range.ts'
import { costParameters, costWindowParameters, type Asked, type Needs } from './asked.ts'
import { GROUPINGS } from '../../services/costs/index.ts'
import { EXAMPLES } from './examples.ts'
import { currentCost, hourlyCost } from './running.ts'
import { analyzerSchema, currentSchema, hourlySchema, workloadSchema } from './schemas.ts'
import { analyzerCost, workloadCost } from './workload.ts'

/** Steps of a window may be more than one request may charge. */
const OF_A_WINDOW = { shelf: 'series', mayBeTooLarge: true } as const
const noParams = z.object({})
const namespace = exactFilter('Only this namespace.')

/** The routes of costs, as the documents of the collector and the analyzer write them. */
export function costRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/cost/current',
    reach: 'namespace',
    summary: 'What an hour costs at the power and prices of now',
    description:
      'Also at the root, as `/cost/current`. The rows add up to the total, to the millionth.',
    query: z.object({
      ...costParameters,
      by: nameText
        .default('namespace')
        .describe(`By which the rows are: ${GROUPINGS.join(', ')}, or \`label:<name>\`.`),
    }),
    params: noParams,
    data: currentSchema,
    example: EXAMPLES.current,
    shelf: 'summary',
    partial: 'deny',
    answer: (request) => currentCost(needs, askedBy(request), request.query.by),
  })
  app.resource({
    url: '/cost/hourly',
    reach: 'namespace',
    summary: 'The cost of each hour of a window',
    description:
      'Also at the root, as `/cost/hourly`. Whole hours in UTC; by default the last day.',
    query: z.object({ ...costParameters, ...costWindowParameters, namespace }),
    params: noParams,
    data: hourlySchema,
    example: EXAMPLES.hourly,
    ...OF_A_WINDOW,
    partial: 'deny',
    answer: (request) =>
      hourlyCost(needs, askedBy(request), {
        window: windowOf(request.query),
        namespace: request.query.namespace,
      }),
  })
  workloadRoutes(app, needs)
}

const ID =
  'A pod, virtual machine or owner by its name, `namespace:name`, or `namespace/name` with its slash encoded.'

function workloadRoutes(app: App, needs: Needs): void {
  const query = z.object({ ...costParameters, ...costWindowParameters, namespace })
  app.resource({
    url: '/cost/workload/:id',
    reach: 'namespace',
    summary: 'The cost of one workload over a window',
    description: 'Also at the root, as `/cost/workload/{id}`. It is charged for the time it lived.',
    query,
    params: z.object({ id: nameText.describe(ID) }),
    data: workloadSchema,
    example: EXAMPLES.workload,
    ...OF_A_WINDOW,
    partial: 'deny',
    answer: (request) =>
      workloadCost(needs, askedBy(request), questionOf(request.params.id, request.query)),
  })
  app.resource({
    url: '/cost/:workload_id',
    reach: 'namespace',
    summary: 'What a workload costs by the hour',
    description: "In the shape of the analyzer's document, with how the figures were had.",
    query,
    params: z.object({ workload_id: nameText.describe(ID) }),
    data: analyzerSchema,
    example: EXAMPLES.analyzer,
    ...OF_A_WINDOW,
    partial: 'deny',
    answer: (request) =>
      analyzerCost(needs, askedBy(request), questionOf(request.params.workload_id, request.query)),
  })
}

type Query = WindowRequest & { readonly namespace?: string | undefined }

const windowOf = ({ period, start, end, step }: WindowRequest): WindowRequest => ({
  period,
  start,
  end,
  step,
})

const questionOf = (id: string, query: Query) => ({
  id,
  namespace: query.namespace,
  window: windowOf(query),
})

type CostQuery = Pick<Asked, 'model' | 'idle'> & {
  readonly cluster?: readonly string[] | undefined
}

/** What a request asks for, without its own parameters. */
function askedBy({ query, at, signal }: ResourceRequest<CostQuery, unknown>): Asked {
  return { clusters: query.cluster, at, signal, model: query.model, idle: query.idle }
}
