import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { clusterParameter } from '../../http/parameters.ts'
import { classifyWorkload, type ProfileNeeds } from './classify.ts'
import { EXAMPLES } from './examples.ts'
import { modelRow } from './model-row.ts'
import { classifiedSchema, classifyBody, trainedSchema, typesSchema } from './schemas.ts'
import { workloadTypes } from './types.ts'

const noParams = z.object({})

/** The routes below `/profile`. */
export function profileRoutes(app: App, needs: ProfileNeeds): void {
  app.resource({
    url: '/workload-types',
    reach: 'cluster',
    summary: 'The types of workloads, and the power of each',
    description:
      'By labels, owners and names, as in the breakdown of power by type; with idle and unattributed power they add up to the total.',
    query: z.object(clusterParameter),
    params: noParams,
    data: typesSchema,
    example: EXAMPLES.types,
    shelf: 'realtime',
    answer: ({ query, at, signal }) =>
      workloadTypes(needs, { clusters: query.cluster, at, signal }),
  })
  app.action({
    method: 'POST',
    url: '/classify',
    audited: false,
    reach: 'cluster',
    summary: 'The type of a workload, with the evidence',
    description:
      'Of a workload of the site by its id, over the last hour; or of what the body tells. Labels and owners decide first, then what an inference server reports, then names, then a model of the site; what is not sure enough is `unknown`.',
    params: noParams,
    body: classifyBody,
    bodyExample: EXAMPLES.classify,
    data: classifiedSchema,
    example: EXAMPLES.classified,
    carryOut: (request) => classifyWorkload(needs, request, request.body),
  })
  trainRoute(app, needs)
}

function trainRoute(app: App, { classifier }: ProfileNeeds): void {
  app.action({
    method: 'POST',
    url: '/train',
    reach: 'admin',
    summary: 'Train the classifier now',
    description:
      'On the workloads whose type the site states. It answers when the training is done; a new version is used unless it is worse than the one in use.',
    params: noParams,
    body: null,
    data: trainedSchema,
    example: EXAMPLES.trained,
    carryOut: async ({ signal }) => {
      const { at, windows, model, reason } = await classifier.train(signal)
      const data = {
        trained_at: at,
        windows,
        model: model === null ? null : modelRow(model),
        reason,
      }
      return { data, observedAt: at, clusters: [], warnings: [] }
    },
  })
}
