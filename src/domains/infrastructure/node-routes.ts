import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { clusterParameter, exactFilter, pageParameters } from '../../http/parameters.ts'
import { askedBy, type Needs } from './asked.ts'
import { EXAMPLES } from './examples.ts'
import { nodeDetail, nodeMetrics } from './node-rows.ts'
import {
  NODE_STATUSES,
  nodeDetailSchema,
  nodeMetricsSchema,
  nodePowerSchema,
  nodeSchema,
  nodeSummarySchema,
} from './node-schemas.ts'
import { summariseNodes } from './node-summary.ts'
import { listNodes, nodePower, oneNode } from './nodes.ts'
import { nodeParams, noParams, onlyCluster, windowQuery } from './parameters.ts'

const listQuery = z.object({
  ...clusterParameter,
  node: exactFilter('Only this node.'),
  role: exactFilter('Only nodes with this role, such as `worker` or `gpu`.'),
  status: z.enum(NODE_STATUSES).optional(),
  ...pageParameters,
})

/** The routes below `/infrastructure/nodes`. */
export function nodeRoutes(app: App, needs: Needs): void {
  lists(app, needs)
  details(app, needs)
}

function lists(app: App, needs: Needs): void {
  app.resource({
    url: '/nodes',
    reach: 'cluster',
    summary: 'Nodes of all clusters',
    description: 'What Kubernetes, the kernel and the power meters of each node say, in one row.',
    query: listQuery,
    params: noParams,
    data: z.array(nodeSchema),
    example: EXAMPLES.nodes,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      return listNodes(needs, askedBy(request), { filter, page: { limit, offset, sort } })
    },
  })
  app.resource({
    url: '/nodes/summary',
    reach: 'cluster',
    summary: 'Nodes in a few figures',
    query: onlyCluster,
    params: noParams,
    data: nodeSummarySchema,
    example: EXAMPLES.nodeSummary,
    shelf: 'summary',
    answer: (request) => summariseNodes(needs, askedBy(request)),
  })
}

function details(app: App, needs: Needs): void {
  const shared = { query: onlyCluster, params: nodeParams, shelf: 'realtime' } as const
  app.resource({
    ...shared,
    url: '/nodes/:node',
    reach: 'cluster',
    summary: 'One node with the parts of its power and its accelerators',
    data: nodeDetailSchema,
    example: EXAMPLES.node,
    answer: (request) => oneNode(needs, { ...askedBy(request), ...request.params }, nodeDetail),
  })
  app.resource({
    ...shared,
    url: '/nodes/:node/metrics',
    reach: 'cluster',
    summary: 'Every figure of one node',
    data: nodeMetricsSchema,
    example: EXAMPLES.nodeMetrics,
    answer: (request) => oneNode(needs, { ...askedBy(request), ...request.params }, nodeMetrics),
  })
  app.resource({
    ...shared,
    url: '/nodes/:node/power',
    reach: 'cluster',
    summary: 'Power and energy of one node over a window',
    query: windowQuery,
    data: nodePowerSchema,
    example: EXAMPLES.nodePower,
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      return nodePower(needs, { ...askedBy(request), ...request.params, window })
    },
  })
}
