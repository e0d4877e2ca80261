import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { nameText } from '../../http/parameters.ts'
import { EXAMPLES } from './examples.ts'
import {
  activateSchema,
  modelMetricsSchema,
  modelSchema,
  retrainSchema,
  trainingSchema,
} from './schemas.ts'
import {
  activate,
  cancelTraining,
  listModels,
  modelMetrics,
  readModel,
  readTraining,
  retrain,
  rollback,
  type Needs,
} from './service.ts'

const idParams = z.object({ id: nameText.describe('As the list of models gives it.') })
const jobParams = z.object({ job_id: nameText.describe('As the order of the training gave it.') })
const noQuery = z.object({})

/** The routes of models. */
export function modelRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '',
    reach: 'admin',
    summary: 'The trained models, with their versions',
    query: noQuery,
    params: z.object({}),
    data: z.array(modelSchema),
    example: [EXAMPLES.model],
    shelf: 'none',
    answer: ({ at }) => listModels(needs, at),
  })
  app.resource({
    url: '/:id',
    reach: 'admin',
    summary: 'One model, with its versions',
    query: noQuery,
    params: idParams,
    data: modelSchema,
    example: EXAMPLES.model,
    shelf: 'none',
    answer: ({ at, params }) => readModel(needs, at, params.id),
  })
  app.resource({
    url: '/:id/metrics',
    reach: 'admin',
    summary: 'How good each version of a model was when it was trained, and what befell it since',
    query: noQuery,
    params: idParams,
    data: modelMetricsSchema,
    example: EXAMPLES.metrics,
    shelf: 'none',
    answer: ({ at, params }) => modelMetrics(needs, at, params.id),
  })
  versionRoutes(app, needs)
  trainingRoutes(app, needs)
}

function versionRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/:id/activate',
    reach: 'admin',
    summary: 'Let a version serve',
    params: idParams,
    body: activateSchema,
    bodyExample: { version: 1 },
    data: modelSchema,
    example: EXAMPLES.model,
    carryOut: ({ at, params, body }) =>
      activate(needs, at, { id: params.id, version: body.version }),
  })
  app.action({
    method: 'POST',
    url: '/:id/rollback',
    reach: 'admin',
    summary: 'Let the version before the active one serve',
    params: idParams,
    body: null,
    data: modelSchema,
    example: EXAMPLES.model,
    carryOut: ({ at, params }) => rollback(needs, at, params.id),
  })
}

function trainingRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '/retrain',
    reach: 'admin',
    summary: 'Train the model of a workload, node, cluster or the fleet',
    description:
      'One training runs at a time, in a thread of its own; it outlives a restart of the server. Its version serves if it is not worse than repeating the last value, nor than the version that serves.',
    params: z.object({}),
    body: retrainSchema,
    bodyExample: { cluster: 'seoul' },
    data: trainingSchema,
    example: EXAMPLES.training,
    accepts: true,
    carryOut: (request) => retrain(needs, request, request.body),
  })
  app.resource({
    url: '/retrain/:job_id',
    reach: 'admin',
    summary: 'A training: how far it is, and what came of it',
    query: noQuery,
    params: jobParams,
    data: trainingSchema,
    example: EXAMPLES.training,
    shelf: 'none',
    answer: ({ at, params }) => readTraining(needs, at, params.job_id),
  })
  app.action({
    method: 'DELETE',
    url: '/retrain/:job_id',
    reach: 'admin',
    summary: 'Cancel a training',
    params: jobParams,
    body: null,
    data: trainingSchema,
    example: EXAMPLES.training,
    carryOut: ({ at, params }) => cancelTraining(needs, at, params.job_id),
  })
}
