import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { NPU_EXAMPLES } from './npu-examples.ts'
import { NPU, type Found } from '../../services/devices/index.ts'
import { devicePower, deviceSensors } from './device-windows.ts'
import { listDevices, oneDevice, summariseDevices } from './devices.ts'
import type { NamingNeeds as Needs } from '../../services/fleet/index.ts'
import {
  NPU_METRICS,
  NPU_SENSORS,
  npuCores,
  npuMetrics,
  npuPartitions,
  npuPlace,
  npuRow,
  npuSummary,
  npuTemperatures,
} from './npu-rows.ts'
import {
  NPU_COLUMNS,
  npuCoresSchema,
  npuMetricsSchema,
  npuPartitionsSchema,
  npuPowerSchema,
  npuSchema,
  npuSummarySchema,
  npuTemperatureSchema,
} from './npu-schemas.ts'
import {
  askedBy,
  idParams,
  listParameters,
  noParams,
  onlyCluster,
  windowQuery,
} from './parameters.ts'

const query = listParameters('NPUs', 'furiosa')
const LISTING = {
  kinds: [NPU],
  row: ({ device }: Found) => npuRow(device),
  sortable: NPU_COLUMNS,
} as const

/** The NPU routes below `/accelerators`. */
export function npuRoutes(app: App, needs: Needs): void {
  lists(app, needs)
  details(app, needs)
  parts(app, needs)
  windows(app, needs)
}

function lists(app: App, needs: Needs): void {
  app.resource({
    url: '/npus',
    reach: 'cluster',
    summary: 'NPUs of all clusters',
    description:
      'One row for each physical NPU: the ranges of cores that pods hold are part of it.',
    query: query.list,
    params: noParams,
    data: z.array(npuSchema),
    example: NPU_EXAMPLES.npus,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      const asked = { ...askedBy(request), filter, page: { limit, offset, sort } }
      return listDevices(needs, asked, LISTING)
    },
  })
  app.resource({
    url: '/npus/summary',
    reach: 'cluster',
    summary: 'NPUs in a few figures',
    query: query.summary,
    params: noParams,
    data: npuSummarySchema,
    example: NPU_EXAMPLES.summary,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...filter } = request.query
      const asked = { ...askedBy(request), filter }
      return summariseDevices(needs, asked, { kinds: [NPU], summarise: npuSummary })
    },
  })
}

function details(app: App, needs: Needs): void {
  app.resource({
    url: '/npus/:id',
    reach: 'cluster',
    summary: 'One NPU',
    query: onlyCluster,
    params: idParams,
    data: npuSchema,
    example: NPU_EXAMPLES.npu,
    shelf: 'realtime',
    answer: (request) => {
      const asked = { ...askedBy(request), ...request.params, kind: NPU }
      return oneDevice(needs, asked, npuRow)
    },
  })
  app.resource({
    url: '/npus/:id/metrics',
    reach: 'cluster',
    summary: 'Every measure of one NPU',
    query: onlyCluster,
    params: idParams,
    data: npuMetricsSchema,
    example: NPU_EXAMPLES.metrics,
    shelf: 'realtime',
    answer: (request) => {
      const asked = { ...askedBy(request), ...request.params, kind: NPU, measures: NPU_METRICS }
      return oneDevice(needs, asked, npuMetrics)
    },
  })
}

function parts(app: App, needs: Needs): void {
  app.resource({
    url: '/npus/:id/partitions',
    reach: 'cluster',
    summary: 'The parts of one NPU that pods hold',
    query: onlyCluster,
    params: idParams,
    data: npuPartitionsSchema,
    example: NPU_EXAMPLES.partitions,
    shelf: 'realtime',
    answer: (request) => {
      const asked = { ...askedBy(request), ...request.params, kind: NPU }
      return oneDevice(needs, asked, npuPartitions)
    },
  })
  app.resource({
    url: '/npus/:id/cores',
    reach: 'cluster',
    summary: 'The cores of one NPU',
    query: onlyCluster,
    params: idParams,
    data: npuCoresSchema,
    example: NPU_EXAMPLES.cores,
    shelf: 'realtime',
    answer: (request) => {
      const asked = { ...askedBy(request), ...request.params, kind: NPU }
      return oneDevice(needs, asked, npuCores)
    },
  })
}

function windows(app: App, needs: Needs): void {
  app.resource({
    url: '/npus/:id/power',
    reach: 'cluster',
    summary: 'Power and energy of one NPU over a window',
    query: windowQuery,
    params: idParams,
    data: npuPowerSchema,
    example: NPU_EXAMPLES.power,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      const asked = { ...askedBy(request), ...request.params, kind: NPU, window }
      return devicePower(needs, asked, npuPlace)
    },
  })
  app.resource({
    url: '/npus/:id/temperature',
    reach: 'cluster',
    summary: 'Temperatures of one NPU over a window',
    query: windowQuery,
    params: idParams,
    data: npuTemperatureSchema,
    example: NPU_EXAMPLES.temperature,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      const asked = { ...askedBy(request), ...request.params, kind: NPU, window }
      return deviceSensors(needs, { ...asked, measures: NPU_SENSORS }, npuTemperatures)
    },
  })
}
