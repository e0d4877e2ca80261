import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { clusterParameter, exactFilter, pageParameters } from '../../http/parameters.ts'
import { askedBy, type Needs } from './asked.ts'
import { EXAMPLES } from './examples.ts'
import { noParams, onlyCluster, podParams, windowQuery } from './parameters.ts'
import { podDetail, podMetrics } from './pod-rows.ts'
import {
  PHASES,
  podDetailSchema,
  podMetricsSchema,
  podPowerSchema,
  podSchema,
  podSummarySchema,
} from './pod-schemas.ts'
import { summarisePods } from './pod-summary.ts'
import { listPods, onePod, podPower } from './pods.ts'

const where = {
  ...clusterParameter,
  namespace: exactFilter('Only pods of this namespace.'),
  node: exactFilter('Only pods on this node.'),
}
const listQuery = z.object({
  ...where,
  pod: exactFilter('Only pods of this name.'),
  phase: z.enum(PHASES).optional(),
  owner_kind: exactFilter('Only pods of this kind of owner, such as `ReplicaSet`.'),
  owner_name: exactFilter('Only pods of this owner.'),
  workload_type: exactFilter('Only pods of this type of workload, such as `training`.'),
  ...pageParameters,
})

/** The routes below `/infrastructure/pods`. */
export function podRoutes(app: App, needs: Needs): void {
  lists(app, needs)
  details(app, needs)
}

function lists(app: App, needs: Needs): void {
  app.resource({
    url: '/pods',
    reach: 'namespace',
    summary: 'Pods of all clusters',
    description: 'The watts are attributed shares of nodes and boards: those of every breakdown.',
    query: listQuery,
    params: noParams,
    data: z.array(podSchema),
    example: EXAMPLES.pods,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      return listPods(needs, askedBy(request), { filter, page: { limit, offset, sort } })
    },
  })
  app.resource({
    url: '/pods/summary',
    reach: 'namespace',
    summary: 'Pods in a few figures',
    query: z.object(where),
    params: noParams,
    data: podSummarySchema,
    example: EXAMPLES.podSummary,
    shelf: 'summary',
    answer: (request) => {
      const { cluster: _, ...filter } = request.query
      return summarisePods(needs, askedBy(request), filter)
    },
  })
}

function details(app: App, needs: Needs): void {
  const shared = { query: onlyCluster, params: podParams, shelf: 'realtime' } as const
  app.resource({
    ...shared,
    url: '/pods/:namespace/:pod',
    reach: 'namespace',
    summary: 'One pod with the parts of its power',
    data: podDetailSchema,
    example: EXAMPLES.pod,
    answer: (request) => onePod(needs, { ...askedBy(request), ...request.params }, podDetail),
  })
  app.resource({
    ...shared,
    url: '/pods/:namespace/:pod/metrics',
    reach: 'namespace',
    summary: 'Every figure of one pod',
    data: podMetricsSchema,
    example: EXAMPLES.podMetrics,
    answer: (request) => onePod(needs, { ...askedBy(request), ...request.params }, podMetrics),
  })
  app.resource({
    ...shared,
    url: '/pods/:namespace/:pod/power',
    reach: 'namespace',
    summary: 'Power and energy of one pod over a window',
    query: windowQuery,
    data: podPowerSchema,
    example: EXAMPLES.podPower,
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      return podPower(needs, { ...askedBy(request), ...request.params, window })
    },
  })
}
