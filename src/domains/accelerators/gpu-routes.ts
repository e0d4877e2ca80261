import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { GPU, type Found } from '../../services/devices/index.ts'
import { EXAMPLES } from './examples.ts'
import { devicePower, deviceSensors } from './device-windows.ts'
import { listDevices, oneDevice, summariseDevices } from './devices.ts'
import type { NamingNeeds as Needs } from '../../services/fleet/index.ts'
import {
  GPU_METRICS,
  GPU_SENSORS,
  gpuMetrics,
  gpuPartitions,
  gpuPlace,
  gpuRow,
  gpuSummary,
  gpuTemperatures,
} from './gpu-rows.ts'
import {
  GPU_COLUMNS,
  gpuMetricsSchema,
  gpuPartitionsSchema,
  gpuPowerSchema,
  gpuSchema,
  gpuSummarySchema,
  gpuTemperatureSchema,
} from './gpu-schemas.ts'
import {
  askedBy,
  idParams,
  listParameters,
  noParams,
  onlyCluster,
  windowQuery,
} from './parameters.ts'

const query = listParameters('GPUs', 'nvidia')
const LISTING = {
  kinds: [GPU],
  row: ({ device }: Found) => gpuRow(device),
  sortable: GPU_COLUMNS,
} as const

/** The GPU routes below `/accelerators`. */
export function gpuRoutes(app: App, needs: Needs): void {
  lists(app, needs)
  details(app, needs)
  parts(app, needs)
  windows(app, needs)
}

function lists(app: App, needs: Needs): void {
  app.resource({
    url: '/gpus',
    reach: 'cluster',
    summary: 'GPUs of all clusters',
    description:
      'One row for each physical GPU: MIG instances and time-sliced pods are part of it.',
    query: query.list,
    params: noParams,
    data: z.array(gpuSchema),
    example: EXAMPLES.gpus,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      const asked = { ...askedBy(request), filter, page: { limit, offset, sort } }
      return listDevices(needs, asked, LISTING)
    },
  })
  app.resource({
    url: '/gpus/summary',
    reach: 'cluster',
    summary: 'GPUs in a few figures',
    query: query.summary,
    params: noParams,
    data: gpuSummarySchema,
    example: EXAMPLES.summary,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...filter } = request.query
      const asked = { ...askedBy(request), filter }
      return summariseDevices(needs, asked, { kinds: [GPU], summarise: gpuSummary })
    },
  })
}

function details(app: App, needs: Needs): void {
  app.resource({
    url: '/gpus/:id',
    reach: 'cluster',
    summary: 'One GPU',
    query: onlyCluster,
    params: idParams,
    data: gpuSchema,
    example: EXAMPLES.gpu,
    shelf: 'realtime',
    answer: (request) => {
      const asked = { ...askedBy(request), ...request.params, kind: GPU }
      return oneDevice(needs, asked, gpuRow)
    },
  })
  app.resource({
    url: '/gpus/:id/metrics',
    reach: 'cluster',
    summary: 'Every measure of one GPU',
    query: onlyCluster,
    params: idParams,
    data: gpuMetricsSchema,
    example: EXAMPLES.metrics,
    shelf: 'realtime',
    answer: (request) => {
      const asked = { ...askedBy(request), ...request.params, kind: GPU, measures: GPU_METRICS }
      return oneDevice(needs, asked, gpuMetrics)
    },
  })
}

function parts(app: App, needs: Needs): void {
  app.resource({
    url: '/gpus/:id/partitions',
    reach: 'cluster',
    summary: 'The MIG instances of one GPU',
    query: onlyCluster,
    params: idParams,
    data: gpuPartitionsSchema,
    example: EXAMPLES.partitions,
    shelf: 'realtime',
    answer: (request) => {
      const asked = { ...askedBy(request), ...request.params, kind: GPU }
      return oneDevice(needs, asked, gpuPartitions)
    },
  })
}

function windows(app: App, needs: Needs): void {
  app.resource({
    url: '/gpus/:id/power',
    reach: 'cluster',
    summary: 'Power and energy of one GPU over a window',
    query: windowQuery,
    params: idParams,
    data: gpuPowerSchema,
    example: EXAMPLES.power,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      const asked = { ...askedBy(request), ...request.params, kind: GPU, window }
      return devicePower(needs, asked, gpuPlace)
    },
  })
  app.resource({
    url: '/gpus/:id/temperature',
    reach: 'cluster',
    summary: 'Temperatures of one GPU over a window',
    query: windowQuery,
    params: idParams,
    data: gpuTemperatureSchema,
    example: EXAMPLES.temperature,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      const asked = { ...askedBy(request), ...request.params, kind: GPU, window }
      return deviceSensors(needs, { ...asked, measures: GPU_SENSORS }, gpuTemperatures)
    },
  })
}
