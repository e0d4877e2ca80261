import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { clusterParameter, exactFilter, pageParameters } from '../../http/parameters.ts'
import { askedBy, type Needs } from './asked.ts'
import { EXAMPLES } from './examples.ts'
import { containerMetrics, containerRow } from './container-rows.ts'
import { listContainers, oneContainer } from './containers.ts'
import { containerParams, noParams, onlyCluster } from './parameters.ts'
import { CONTAINER_STATES, containerMetricsSchema, containerSchema } from './pod-schemas.ts'

const listQuery = z.object({
  ...clusterParameter,
  namespace: exactFilter('Only containers of this namespace.'),
  pod: exactFilter('Only containers of pods of this name.'),
  node: exactFilter('Only containers on this node.'),
  state: z.enum(CONTAINER_STATES).optional(),
  ...pageParameters,
})

/** The routes below `/infrastructure/containers`. */
export function containerRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/containers',
    reach: 'namespace',
    summary: 'Containers of all clusters',
    query: listQuery,
    params: noParams,
    data: z.array(containerSchema),
    example: EXAMPLES.containers,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      return listContainers(needs, askedBy(request), { filter, page: { limit, offset, sort } })
    },
  })
  const shared = { query: onlyCluster, params: containerParams, shelf: 'realtime' } as const
  app.resource({
    ...shared,
    url: '/containers/:id',
    reach: 'namespace',
    summary: 'One container',
    data: containerSchema,
    example: EXAMPLES.container,
    answer: (request) =>
      oneContainer(needs, { ...askedBy(request), ...request.params }, containerRow),
  })
  app.resource({
    ...shared,
    url: '/containers/:id/metrics',
    reach: 'namespace',
    summary: 'Every figure of one container',
    data: containerMetricsSchema,
    example: EXAMPLES.containerMetrics,
    answer: (request) =>
      oneContainer(needs, { ...askedBy(request), ...request.params }, containerMetrics),
  })
}
