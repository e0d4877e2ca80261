import { z } from 'zod'
import { BREAKDOWNS } from '../../analysis/power/figures.ts'
import type { App, ResourceRequest } from '../../http/app.ts'
import { clusterParameter, idleParameter, windowParameters } from '../../http/parameters.ts'
import type { Asked, Needs } from './asked.ts'
import { powerBreakdown } from './breakdown.ts'
import { EXAMPLES } from './examples.ts'
import { powerEfficiency } from './efficiency.ts'
import { acceleratorPower, fleetPower, infrastructurePower } from './power.ts'
import {
  acceleratorPowerSchema,
  breakdownSchema,
  efficiencySchema,
  infrastructurePowerSchema,
  powerSchema,
  resourceTypeSchema,
} from './schemas.ts'

const cluster = z.object(clusterParameter)
const noParams = z.object({})

/** The routes of power as it is now. */
export function powerRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/power',
    reach: 'namespace',
    summary: 'The power of all clusters, every watt once',
    description:
      'Node meters by order of trust; accelerators and RAPL zones are parts of their node, never beside it.',
    query: cluster,
    params: noParams,
    data: powerSchema,
    example: EXAMPLES.power,
    shelf: 'summary',
    answer: (request) => fleetPower(needs, askedBy(request)),
  })
  app.resource({
    url: '/power/accelerators',
    reach: 'cluster',
    summary: 'The power of GPUs and NPUs, each board once',
    query: cluster,
    params: noParams,
    data: acceleratorPowerSchema,
    example: EXAMPLES.accelerators,
    shelf: 'summary',
    answer: (request) => acceleratorPower(needs, askedBy(request)),
  })
  app.resource({
    url: '/power/infrastructure',
    reach: 'cluster',
    summary: 'The power of nodes, and which meters say so',
    query: cluster,
    params: noParams,
    data: infrastructurePowerSchema,
    example: EXAMPLES.infrastructure,
    shelf: 'summary',
    answer: (request) => infrastructurePower(needs, askedBy(request)),
  })
  breakdownRoute(app, needs)
  efficiencyRoute(app, needs)
}

/** Which components a breakdown is of. */
export const resourceTypeParameter = {
  resource_type: resourceTypeSchema
    .default('all')
    .describe('Only these components: one of them, `accelerators`, or all but those.'),
}

function breakdownRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/power/breakdown',
    reach: 'namespace',
    summary: 'The power of all clusters by one dimension',
    description: 'The rows, with `idle` and `unattributed`, add up to the total.',
    query: z.object({
      ...clusterParameter,
      by: z.enum(BREAKDOWNS),
      ...idleParameter,
      ...resourceTypeParameter,
    }),
    params: noParams,
    data: breakdownSchema,
    example: EXAMPLES.breakdown,
    shelf: 'summary',
    answer: (request) => {
      const { by, idle, resource_type: resourceType } = request.query
      return powerBreakdown(needs, askedBy(request), { by, idle, resourceType })
    },
  })
}

function efficiencyRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/power/efficiency',
    reach: 'cluster',
    summary: 'How well the power is used',
    description:
      'PUE and tokens per joule over a window; utilisation of GPUs and idle power as they are now.',
    query: z.object({ ...clusterParameter, ...windowParameters }),
    params: noParams,
    data: efficiencySchema,
    example: EXAMPLES.efficiency,
    shelf: 'summary',
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      return powerEfficiency(needs, askedBy(request), window)
    },
  })
}

/** What a request asks for, without its own parameters. */
export function askedBy({
  query,
  at,
  signal,
}: ResourceRequest<{ readonly cluster?: readonly string[] | undefined }, unknown>): Asked {
  return { clusters: query.cluster, at, signal }
}
