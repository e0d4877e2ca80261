import { z } from 'zod'
import type { App, ResourceRequest } from '../../http/app.ts'
import {
  clusterParameter,
  exactFilter,
  nameText,
  pageParameters,
  windowParameters,
} from '../../http/parameters.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'
import { EXAMPLES } from './examples.ts'
import type { Asked } from './gpu-filter.ts'
import {
  gpuMetricsSchema,
  gpuPartitionsSchema,
  gpuPowerSchema,
  gpuSchema,
  gpuSummarySchema,
  gpuTemperatureSchema,
} from './schemas.ts'
import {
  gpuMetrics,
  gpuPartitions,
  gpuPower,
  gpuTemperature,
  listGpus,
  oneGpu,
  summariseGpus,
} from './service.ts'

const filters = {
  node: exactFilter('Only GPUs of this node.'),
  namespace: exactFilter('Only GPUs that a pod of this namespace holds.'),
  pod: exactFilter('Only GPUs that this pod holds.'),
  vendor: exactFilter('Only GPUs of this vendor, such as `nvidia`.'),
  model: exactFilter('Only GPUs of this model, as the driver names it.'),
  status: z.enum(['active', 'idle', 'error', 'unknown']).optional(),
}
const cluster = z.object(clusterParameter)
const window = z.object({ ...clusterParameter, ...windowParameters })
const noParams = z.object({})
const idParams = z.object({
  id: nameText.describe('A UUID, `node:vendor:index`, or an index alone where it is unambiguous.'),
})

/** The GPU routes below `/accelerators`. */
export function gpuRoutes(app: App, telemetry: Telemetry): void {
  lists(app, telemetry)
  details(app, telemetry)
  windows(app, telemetry)
}

function lists(app: App, telemetry: Telemetry): void {
  app.resource({
    url: '/gpus',
    summary: 'GPUs of all clusters',
    description:
      'One row for each physical GPU: MIG instances and time-sliced pods are part of it.',
    query: z.object({ ...clusterParameter, ...filters, ...pageParameters }),
    params: noParams,
    data: z.array(gpuSchema),
    example: EXAMPLES.gpus,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      return listGpus(telemetry, askedBy(request), { filter, page: { limit, offset, sort } })
    },
  })
  app.resource({
    url: '/gpus/summary',
    summary: 'GPUs in a few figures',
    query: z.object({ ...clusterParameter, ...filters }),
    params: noParams,
    data: gpuSummarySchema,
    example: EXAMPLES.summary,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...filter } = request.query
      return summariseGpus(telemetry, askedBy(request), filter)
    },
  })
}

function details(app: App, telemetry: Telemetry): void {
  app.resource({
    url: '/gpus/:id',
    summary: 'One GPU',
    query: cluster,
    params: idParams,
    data: gpuSchema,
    example: EXAMPLES.gpu,
    shelf: 'realtime',
    answer: (request) => oneGpu(telemetry, askedBy(request), request.params.id),
  })
  app.resource({
    url: '/gpus/:id/metrics',
    summary: 'Every measure of one GPU',
    query: cluster,
    params: idParams,
    data: gpuMetricsSchema,
    example: EXAMPLES.metrics,
    shelf: 'realtime',
    answer: (request) => gpuMetrics(telemetry, askedBy(request), request.params.id),
  })
  app.resource({
    url: '/gpus/:id/partitions',
    summary: 'The MIG instances of one GPU',
    query: cluster,
    params: idParams,
    data: gpuPartitionsSchema,
    example: EXAMPLES.partitions,
    shelf: 'realtime',
    answer: (request) => gpuPartitions(telemetry, askedBy(request), request.params.id),
  })
}

function windows(app: App, telemetry: Telemetry): void {
  app.resource({
    url: '/gpus/:id/power',
    summary: 'Power and energy of one GPU over a window',
    query: window,
    params: idParams,
    data: gpuPowerSchema,
    example: EXAMPLES.power,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...asked } = request.query
      return gpuPower(telemetry, askedBy(request), { id: request.params.id, window: asked })
    },
  })
  app.resource({
    url: '/gpus/:id/temperature',
    summary: 'Temperatures of one GPU over a window',
    query: window,
    params: idParams,
    data: gpuTemperatureSchema,
    example: EXAMPLES.temperature,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...asked } = request.query
      return gpuTemperature(telemetry, askedBy(request), { id: request.params.id, window: asked })
    },
  })
}

function askedBy({
  query,
  at,
  signal,
}: ResourceRequest<{ readonly cluster?: readonly string[] | undefined }, unknown>): Asked {
  return { clusters: query.cluster, at, signal }
}
