import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { clusterParameter, pageParameters } from '../../http/parameters.ts'
import { analyze, type AnalyzeNeeds } from './analyze.ts'
import { EXAMPLES } from './examples.ts'
import { collectedMetrics, metricsSchema } from './metrics.ts'
import { predictBody } from './predict-body.ts'
import { predictCost, predictedSchema } from './predict-cost.ts'
import { analysisSchema, analyzeBody } from './schemas.ts'

const noParams = z.object({})

/** The routes of the analyzer, which lie at the base path itself. */
export function analyzeRoutes(app: App, needs: AnalyzeNeeds): void {
  app.action({
    method: 'POST',
    url: '/analyze',
    role: 'viewer',
    reach: 'cluster',
    summary: 'What a workload is, uses and draws, and what could be better',
    description:
      'With only an id (and cluster and time_range) a workload of the clusters; with resources or usage_pattern what is posted, of which no power is known.',
    params: noParams,
    body: analyzeBody,
    bodyExample: { workload_id: EXAMPLES.analysis.workload_id, cluster: 'seoul', time_range: '1h' },
    data: analysisSchema,
    example: EXAMPLES.analysis,
    carryOut: (request) => analyze(needs, request, request.body),
  })
  predictRoute(app, needs)
  metricsRoute(app, needs)
}

function predictRoute(app: App, needs: AnalyzeNeeds): void {
  app.action({
    method: 'POST',
    url: '/predict-cost',
    role: 'viewer',
    reach: 'cluster',
    summary: 'What a run would cost, by a line through the workloads of the site',
    description:
      'It learns from what the workloads of the site ask for and drew in the last day, and says so when nothing of the site is like what is asked for.',
    params: noParams,
    body: predictBody,
    bodyExample: {
      cluster: 'seoul',
      resources: { cpu_cores: 8, memory_gb: 64, gpu_count: 1, npu_count: 0 },
      duration_hours: 8,
    },
    data: predictedSchema,
    example: EXAMPLES.predicted,
    carryOut: ({ at, signal, body }) => {
      const clusters = body.cluster === undefined ? undefined : [body.cluster]
      return predictCost(needs, { at, signal, clusters }, body)
    },
  })
}

function metricsRoute(app: App, needs: AnalyzeNeeds): void {
  app.resource({
    url: '/metrics',
    reach: 'cluster',
    summary: 'The collected figures of all workloads',
    description: 'As JSON; what Prometheus scrapes of the server itself is `/system/metrics`.',
    query: z.object({ ...clusterParameter, ...pageParameters }),
    params: noParams,
    data: metricsSchema,
    example: EXAMPLES.metrics,
    paged: true,
    shelf: 'realtime',
    answer: ({ query: { cluster, ...page }, at, signal }) =>
      collectedMetrics(needs, { clusters: cluster, at, signal }, page),
  })
}
