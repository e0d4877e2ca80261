import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { ACCELERATOR_EXAMPLES } from './accelerator-examples.ts'
import { GPU, NPU, type DeviceKind } from '../../services/devices/index.ts'
import { acceleratorRow, acceleratorSummary } from './accelerator-rows.ts'
import {
  ACCELERATOR_COLUMNS,
  acceleratorSchema,
  acceleratorSummarySchema,
  typeSchema,
} from './accelerator-schemas.ts'
import { listDevices, summariseDevices } from './devices.ts'
import type { NamingNeeds as Needs } from '../../services/fleet/index.ts'
import { askedBy, listParameters, noParams } from './parameters.ts'

const { list, summary } = listParameters('accelerators', 'nvidia')
const type = { type: typeSchema.optional().describe('Only accelerators of this kind.') }
const KINDS = { gpu: [GPU], npu: [NPU] } as const
const BOTH = [GPU, NPU] as const

const kindsOf = (only: 'gpu' | 'npu' | undefined): readonly [DeviceKind, ...DeviceKind[]] =>
  only === undefined ? BOTH : KINDS[only]

/** The routes over accelerators of every kind, at `/accelerators` itself. */
export function acceleratorRoutes(app: App, needs: Needs): void {
  for (const url of ['', '/all']) listOf(url, app, needs)
  app.resource({
    url: '/summary',
    reach: 'cluster',
    summary: 'Accelerators in a few figures',
    query: summary.extend(type),
    params: noParams,
    data: acceleratorSummarySchema,
    example: ACCELERATOR_EXAMPLES.summary,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, type: only, ...filter } = request.query
      const asked = { ...askedBy(request), filter }
      const summing = { kinds: kindsOf(only), summarise: acceleratorSummary }
      return summariseDevices(needs, asked, summing)
    },
  })
}

function listOf(url: string, app: App, needs: Needs): void {
  app.resource({
    url,
    reach: 'cluster',
    summary: 'Accelerators of all clusters',
    description: 'One row for each physical GPU and NPU, under names that fit both.',
    query: list.extend(type),
    params: noParams,
    data: z.array(acceleratorSchema),
    example: ACCELERATOR_EXAMPLES.accelerators,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { cluster: _, limit, offset, sort, type: only, ...filter } = request.query
      const asked = { ...askedBy(request), filter, page: { limit, offset, sort } }
      const listing = { row: acceleratorRow, sortable: ACCELERATOR_COLUMNS }
      return listDevices(needs, asked, { ...listing, kinds: kindsOf(only) })
    },
  })
}
