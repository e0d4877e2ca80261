import { z } from 'zod'
import type { App } from '../../http/app.ts'
import {
  clusterParameter,
  exactFilter,
  pageParameters,
  windowParameters,
} from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { readRollups, RESOLUTIONS, type RollupReader } from './rollups.ts'

const { period, start, end } = windowParameters

const rollupQuery = z.object({
  ...clusterParameter,
  period: period.describe('How far back from now: `1d`, `1w`. Default `1d`.'),
  start,
  end,
  resolution: z
    .enum(RESOLUTIONS)
    .default('hour')
    .describe('How long a row is: hours of UTC, or days or months of `time_zone`.'),
  time_zone: z
    .string({ error: 'must be given once' })
    .max(64, { error: 'must have at most 64 characters' })
    .default('UTC')
    .describe('The IANA zone of days and months.'),
  kind: z
    .enum(['workload', 'node'])
    .default('workload')
    .describe('The watts of workloads lie inside those of nodes: never add the two.'),
  namespace: exactFilter('Only this namespace.'),
  name: exactFilter('Only the workload or node of this name.'),
  ...pageParameters,
})

const figure = z.number().nullable()

const rollupsSchema = z.object({
  start: timestamp,
  end: timestamp,
  resolution: z.enum(RESOLUTIONS),
  time_zone: z.string(),
  kind: z.enum(['workload', 'node']),
  rows: z.array(
    z
      .object({
        start: timestamp,
        end: timestamp,
        cluster: z.string(),
        namespace: z.string().nullable(),
        name: z.string(),
        covered_seconds: z.number().describe('Of the period, what was collected.'),
        energy_joules: z.number(),
        energy_kwh: z.number(),
        power_watts: figure.describe('The mean over the time that was collected.'),
        cost: figure.describe('Of the energy, by the model and prices of its time.'),
        currency: z.string().nullable(),
      })
      .meta({ id: 'PowerRollup' }),
  ),
})

const EXAMPLE: z.input<typeof rollupsSchema> = {
  start: '2026-11-27T20:00:00.000Z',
  end: '2026-11-28T20:00:00.000Z',
  resolution: 'hour',
  time_zone: 'UTC',
  kind: 'workload',
  rows: [
    {
      start: '2026-11-28T19:00:00.000Z',
      end: '2026-11-28T20:00:00.000Z',
      cluster: 'seoul',
      namespace: 'ml-training',
      name: 'llm-pretrain-0',
      covered_seconds: 3600,
      energy_joules: 5_310_000,
      energy_kwh: 1.475,
      power_watts: 1475,
      cost: 0.48085,
      currency: 'USD',
    },
  ],
}

export interface RollupNeeds {
  readonly rollups: RollupReader
}

/** The route of what the collector has stored. */
export function rollupRoutes(app: App, { rollups }: RollupNeeds): void {
  app.resource({
    url: '/rollups',
    reach: 'namespace',
    summary: 'Energy and cost that the collector has stored, by hour, day or month',
    description:
      'From the state store, not from Prometheus: it is there as long as `COLLECTOR_ROLLUP_DAYS` say, also while no collector runs. Whoever sees some clusters or namespaces gets what was collected of those that are registered.',
    query: rollupQuery,
    params: z.object({}),
    data: rollupsSchema,
    example: EXAMPLE,
    paged: true,
    mayBeTooLarge: true,
    shelf: 'none',
    answer: async ({ query, at }) => {
      const { time_zone: zone, resolution, kind, cluster, namespace, name } = query
      checkZone(zone)
      const question = { resolution, zone, kind, clusters: cluster, namespace, name }
      const { page, ...found } = await readRollups(
        rollups,
        { ...question, window: windowOf(query), page: pageOf(query) },
        at,
      )
      const data = { ...found, resolution, time_zone: zone, kind, rows: [...found.rows] }
      return { data, observedAt: at, clusters: [], warnings: [], page }
    },
  })
}

type Query = z.output<typeof rollupQuery>

const windowOf = (query: Query) => ({ period: query.period, start: query.start, end: query.end })

const pageOf = ({ limit, offset, sort }: Query) => ({ limit, offset, sort })

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw invalidRequest('/query/time_zone', 'must be the IANA name of a zone, such as Asia/Seoul')
  }
}
