import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { nameText, pageParameters } from '../../http/parameters.ts'
import type { StoredRegistry } from '../../services/clusters/index.ts'
import { compareClusters } from './compare.ts'
import { compareQuery, compareSchema } from './compare-schemas.ts'
import { EXAMPLES } from './examples.ts'
import { FIGURE_EXAMPLES } from './figure-examples.ts'
import type { Needs as FigureNeeds } from './moment.ts'
import { clusterPower } from './power.ts'
import { clusterDetailSchema, clusterPowerSchema, clusterSchema } from './schemas.ts'
import { listClusters, oneCluster } from './service.ts'
import { clusterSummary } from './summary.ts'
import { summarySchema } from './summary-schemas.ts'
import { clusterTopology } from './topology.ts'
import { TOPOLOGY_EXAMPLE } from './topology-example.ts'
import { topologyQuery, topologySchema, typesAsked } from './topology-schemas.ts'

interface Needs extends FigureNeeds {
  readonly stored: StoredRegistry
}

const oneName = z.object({ name: nameText.describe('The name of the cluster.') })

/** The routes below `/clusters`. Health changes by the second, so none is kept on a shelf. */
export function clusterRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '',
    reach: 'namespace',
    summary: 'Clusters and their health',
    query: z.object(pageParameters),
    params: z.object({}),
    data: z.array(clusterSchema),
    example: EXAMPLES.clusters,
    paged: true,
    shelf: 'none',
    answer: (request) => listClusters(needs, request, request.query),
  })
  compareRoute(app, needs)
  app.resource({
    url: '/:name',
    reach: 'cluster',
    summary: 'One cluster, its health and what it knows',
    query: z.object({}),
    params: oneName,
    data: clusterDetailSchema,
    example: EXAMPLES.cluster,
    shelf: 'none',
    answer: (request) => oneCluster(needs, request, request.params.name),
  })
  figureRoutes(app, needs)
}

function compareRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/compare',
    reach: 'cluster',
    summary: 'Clusters side by side',
    description:
      'Chosen figures of all or some clusters, each with its rank and its share of the sum. Clusters that do not answer are listed and not ranked. No cluster can be called `compare`.',
    query: compareQuery,
    params: z.object({}),
    data: compareSchema,
    example: FIGURE_EXAMPLES.compare,
    shelf: 'summary',
    answer: ({ query: { cluster: clusters, metrics, ...window }, at, signal }) =>
      compareClusters(needs, { clusters, at, signal }, { metrics, window }),
  })
}

function figureRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/:name/power',
    reach: 'cluster',
    summary: 'The power of one cluster, every watt once',
    query: z.object({}),
    params: oneName,
    data: clusterPowerSchema,
    example: FIGURE_EXAMPLES.power,
    shelf: 'summary',
    answer: (request) => clusterPower(needs, request, request.params.name),
  })
  app.resource({
    url: '/:name/summary',
    reach: 'cluster',
    summary: 'One cluster in figures',
    description:
      'Nodes, pods, accelerators, power, utilisation, temperature, virtual machines, faults of servers, and how far the figures can be trusted.',
    query: z.object({}),
    params: oneName,
    data: summarySchema,
    example: FIGURE_EXAMPLES.summary,
    shelf: 'summary',
    answer: (request) => clusterSummary(needs, request, request.params.name),
  })
  topologyRoute(app, needs)
}

function topologyRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/:name/topology',
    reach: 'cluster',
    summary: 'What a cluster is made of, as a graph',
    description:
      'Nodes and edges as a graph library draws them: cluster, nodes, pods, containers, virtual machines, accelerators and their partitions. A large cluster comes in parts, of which no edge leads nowhere.',
    query: topologyQuery,
    params: oneName,
    data: topologySchema,
    example: TOPOLOGY_EXAMPLE,
    paged: true,
    shelf: 'summary',
    answer: (request) => {
      const { depth, types, ...question } = request.query
      const cluster = request.params.name
      const shown = typesAsked({ depth, types })
      return clusterTopology(needs, request, { ...question, cluster, types: shown })
    },
  })
}
