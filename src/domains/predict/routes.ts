import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { nameText } from '../../http/parameters.ts'
import { COST_EXAMPLES } from './cost-examples.ts'
import { costAnswerSchema, costQuestionSchema } from './cost-schemas.ts'
import { EXAMPLES } from './examples.ts'
import {
  batchAnswerSchema,
  batchRowSchema,
  batchSchema,
  powerAnswerSchema,
  powerQuestionSchema,
} from './schemas.ts'
import {
  cancelBatch,
  orderBatch,
  predictCost,
  predictPower,
  readBatch,
  type Needs,
} from './service.ts'

const noParams = z.object({})
const batchParams = z.object({ batch_id: nameText.describe('As the order of the batch gave it.') })

/** The routes of forecasts. */
export function predictRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/power',
    role: 'viewer',
    reach: 'cluster',
    summary: 'Forecast the power of a workload, node, cluster, the fleet, or a posted series',
    description:
      'The forecast is a weighted mean of several models, which it names, with intervals at 80 and 95 % and the scores of a backtest. Without `workload_id`, `node`, `cluster` or `history` it is about the whole fleet; with `rated_power_watts` about something that was never measured.',
    params: noParams,
    body: powerQuestionSchema,
    bodyExample: EXAMPLES.question,
    data: powerAnswerSchema,
    example: EXAMPLES.answer,
    carryOut: (request) => predictPower(needs, request, request.body),
  })
  costRoute(app, needs)
  batchRoutes(app, needs)
}

function costRoute(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/cost',
    role: 'viewer',
    reach: 'cluster',
    summary: 'Forecast what a workload will cost',
    description:
      'Gradient-boosted trees say what it will draw, by the workloads of the last day that asked for as much; its energy is priced exactly, at the prices of the time ahead. What is not known is null, and `notes` say why.',
    params: noParams,
    body: costQuestionSchema,
    bodyExample: COST_EXAMPLES.question,
    data: costAnswerSchema,
    example: COST_EXAMPLES.answer,
    carryOut: (request) => predictCost(needs, request, request.body),
  })
}

function batchRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/batch',
    reach: 'admin',
    summary: 'Order many forecasts',
    description:
      'Each item is a body of `POST /predict/power`. The batch outlives a restart of the server; an item that fails does not end the others.',
    params: noParams,
    body: batchSchema,
    bodyExample: EXAMPLES.batch,
    data: batchRowSchema,
    example: EXAMPLES.ordered,
    accepts: true,
    carryOut: (request) => orderBatch(needs, request, request.body.items),
  })
  app.resource({
    url: '/batch/:batch_id',
    reach: 'admin',
    summary: 'A batch: how far it is, and the answer to each item',
    query: z.object({}),
    params: batchParams,
    data: batchAnswerSchema,
    example: EXAMPLES.batchAnswer,
    shelf: 'none',
    answer: ({ at, params }) => readBatch(needs, at, params.batch_id),
  })
  app.action({
    method: 'DELETE',
    url: '/batch/:batch_id',
    reach: 'admin',
    summary: 'Cancel a batch',
    description: 'The answers that there are stay.',
    params: batchParams,
    body: null,
    data: batchRowSchema,
    example: EXAMPLES.ordered,
    carryOut: ({ at, params }) => cancelBatch(needs, at, params.batch_id),
  })
}
