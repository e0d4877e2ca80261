import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { VM_EXAMPLES } from './vm-examples.ts'
import { clusterParameter, exactFilter, pageParameters } from '../../http/parameters.ts'
import { askedBy, type Needs } from './asked.ts'
import { noParams, onlyCluster, vmParams, windowQuery } from './parameters.ts'
import { vmDetail, vmMetrics } from './vm-rows.ts'
import {
  VM_STATUSES,
  vmDetailSchema,
  vmMetricsSchema,
  vmPowerSchema,
  vmSchema,
  vmSummarySchema,
} from './vm-schemas.ts'
import { summariseVms } from './vm-summary.ts'
import { listVms, oneVm, vmPower } from './vms.ts'

const where = {
  ...clusterParameter,
  node: exactFilter('Only virtual machines on this hypervisor.'),
  project: exactFilter('Only virtual machines of this project, by its name or id.'),
}
const listQuery = z.object({
  ...where,
  flavor: exactFilter('Only virtual machines of this flavour, by its name or id.'),
  status: z.enum(VM_STATUSES).optional(),
  ...pageParameters,
})

/** The routes below `/infrastructure/vms`. */
export function vmRoutes(app: App, needs: Needs): void {
  lists(app, needs)
  details(app, needs)
}

function lists(app: App, needs: Needs): void {
  app.resource({
    url: '/vms',
    reach: 'cluster',
    summary: 'Virtual machines of all clusters',
    description: 'What hypervisors, Nova and the sources of power say of each, in one row.',
    query: listQuery,
    params: noParams,
    data: z.array(vmSchema),
    example: VM_EXAMPLES.vms,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, ...filter } = request.query
      return listVms(needs, askedBy(request), { filter, page: { limit, offset, sort } })
    },
  })
  app.resource({
    url: '/vms/summary',
    reach: 'cluster',
    summary: 'Virtual machines in a few figures',
    query: z.object(where),
    params: noParams,
    data: vmSummarySchema,
    example: VM_EXAMPLES.summary,
    shelf: 'summary',
    answer: (request) => {
      const { cluster: _, ...filter } = request.query
      return summariseVms(needs, askedBy(request), filter)
    },
  })
}

function details(app: App, needs: Needs): void {
  const shared = { query: onlyCluster, params: vmParams, shelf: 'realtime' } as const
  app.resource({
    ...shared,
    url: '/vms/:id',
    reach: 'cluster',
    summary: 'One virtual machine with the parts of its power',
    data: vmDetailSchema,
    example: VM_EXAMPLES.vm,
    answer: (request) => oneVm(needs, { ...askedBy(request), ...request.params }, vmDetail),
  })
  app.resource({
    ...shared,
    url: '/vms/:id/metrics',
    reach: 'cluster',
    summary: 'Every figure of one virtual machine',
    data: vmMetricsSchema,
    example: VM_EXAMPLES.metrics,
    answer: (request) => oneVm(needs, { ...askedBy(request), ...request.params }, vmMetrics),
  })
  app.resource({
    ...shared,
    url: '/vms/:id/power',
    reach: 'cluster',
    summary: 'Power and energy of one virtual machine over a window',
    query: windowQuery,
    data: vmPowerSchema,
    example: VM_EXAMPLES.power,
    answer: (request) => {
      const { cluster: _, ...window } = request.query
      return vmPower(needs, { ...askedBy(request), ...request.params, window })
    },
  })
}
