import { z } from 'zod'
import type { App, ResourceRequest } from '../../http/app.ts'
import { EXAMPLES } from './examples.ts'
import { clusterParameter, exactFilter, nameText, pageParameters } from '../../http/parameters.ts'
import { SENSOR_STATUSES } from '../../analysis/hardware/sensor.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Asked, Needs } from '../../services/hardware/index.ts'
import {
  fansSchema,
  powerSchema,
  SENSOR_TYPES,
  sensorSchema,
  SERVER_STATUSES,
  serverSchema,
  summarySchema,
  temperatureSchema,
  voltageSchema,
} from './schemas.ts'
import {
  listFans,
  listPower,
  listSensors,
  listTemperatures,
  listVoltages,
  oneServer,
  summariseServers,
  type ServerFilter,
} from './service.ts'

const node = exactFilter('Only this node, by its name or that of its BMC.')
const noParams = z.object({})
const sensorQuery = z.object({
  ...clusterParameter,
  node,
  sensor_type: z.enum(SENSOR_TYPES).optional(),
  status: z.enum(SENSOR_STATUSES).optional(),
  ...pageParameters,
})
const serverQuery = z.object({
  ...clusterParameter,
  node,
  status: z.enum(SERVER_STATUSES).optional(),
  ...pageParameters,
})

/** The routes below `/hardware`. */
export function hardwareRoutes(app: App, needs: Needs): void {
  sensorRoutes(app, needs)
  powerRoutes(app, needs)
  listRoutes(app, needs)
}

function sensorRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/ipmi/sensors',
    reach: 'cluster',
    summary: 'Sensors of all servers',
    description: 'What BMCs report by IPMI and Redfish, each sensor with the judgement of its BMC.',
    query: sensorQuery,
    params: noParams,
    data: z.array(sensorSchema),
    example: EXAMPLES.sensors,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      return listSensors(needs, askedBy(request), { filter, page: { limit, offset, sort } })
    },
  })
  app.resource({
    url: '/ipmi/sensors/:node',
    reach: 'cluster',
    summary: 'One server with all its sensors',
    query: z.object(clusterParameter),
    params: z.object({ node: nameText.describe('The name of the node or of its BMC.') }),
    data: serverSchema,
    example: EXAMPLES.server,
    shelf: 'realtime',
    answer: (request) => oneServer(needs, askedBy(request), request.params.node),
  })
}

function powerRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/ipmi/power',
    reach: 'cluster',
    summary: 'What each server draws, its power supplies and who says so',
    query: serverQuery,
    params: noParams,
    data: z.array(powerSchema),
    example: EXAMPLES.power,
    paged: true,
    shelf: 'realtime',
    answer: (request) => listPower(needs, askedBy(request), listing(request.query)),
  })
  app.resource({
    url: '/ipmi/summary',
    reach: 'cluster',
    summary: 'Servers and their sensors in a few figures',
    query: z.object({ ...clusterParameter, node }),
    params: noParams,
    data: summarySchema,
    example: EXAMPLES.summary,
    shelf: 'realtime',
    answer: (request) => summariseServers(needs, askedBy(request), request.query),
  })
}

function listRoutes(app: App, needs: Needs): void {
  const shared = { query: serverQuery, params: noParams, paged: true, shelf: 'realtime' } as const
  app.resource({
    ...shared,
    url: '/ipmi/temperature',
    reach: 'cluster',
    summary: 'Temperatures by server',
    data: z.array(temperatureSchema),
    example: EXAMPLES.temperature,
    answer: (request) => listTemperatures(needs, askedBy(request), listing(request.query)),
  })
  app.resource({
    ...shared,
    url: '/ipmi/fans',
    reach: 'cluster',
    summary: 'Fans by server',
    data: z.array(fansSchema),
    example: EXAMPLES.fans,
    answer: (request) => listFans(needs, askedBy(request), listing(request.query)),
  })
  app.resource({
    ...shared,
    url: '/ipmi/voltage',
    reach: 'cluster',
    summary: 'Voltages by server',
    data: z.array(voltageSchema),
    example: EXAMPLES.voltage,
    answer: (request) => listVoltages(needs, askedBy(request), listing(request.query)),
  })
}

const listing = ({ limit, offset, sort, ...filter }: ServerFilter & PageRequest) => ({
  filter,
  page: { limit, offset, sort },
})

function askedBy({
  query,
  at,
  signal,
}: ResourceRequest<{ readonly cluster?: readonly string[] | undefined }, unknown>): Asked {
  return { clusters: query.cluster, at, signal }
}
