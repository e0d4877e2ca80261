import { z } from 'zod'
import type { ClusterStatus } from '../../kernel/answer.ts'
import { timestamp } from '../../http/wire.ts'

const CLUSTER_STATUSES = [
  'ok',
  'partial',
  'timeout',
  'unreachable',
  'unauthorized',
  'rejected',
  'invalid',
  'too_large',
  'overloaded',
  'unknown',
] as const satisfies readonly (ClusterStatus | 'unknown')[]

const clusterHealthSchema = z
  .object({
    name: z.string(),
    status: z.enum(CLUSTER_STATUSES).describe('`unknown` before the first check has ended.'),
    response_time_ms: z.number().nullable().describe('How long the last check took.'),
    checked_at: timestamp.nullable(),
    last_ok_at: timestamp.nullable(),
    consecutive_failures: z.int().nonnegative(),
  })
  .meta({ id: 'ClusterHealth' })

/** How the server is, as it is seen from outside. */
export const healthSchema = z
  .object({
    status: z
      .enum(['healthy', 'degraded', 'unhealthy'])
      .describe(
        '`healthy`: every cluster answers; `degraded`: some do not; `unhealthy`: none does.',
      ),
    version: z.string(),
    uptime_seconds: z.number().nonnegative(),
    cache_hit_rate_percent: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .describe('Of everything that caches were asked for; null before the first.'),
    clusters: z.array(clusterHealthSchema),
  })
  .meta({ id: 'Health' })

export type Health = z.output<typeof healthSchema>

export const livezSchema = z.object({ status: z.literal('alive') })

export const readyzSchema = z.object({
  status: z.enum(['ready', 'not_ready']),
  reason: z.string().nullable().describe('What is waited for.'),
})

export const versionSchema = z
  .object({
    version: z.string(),
    commit: z.string().nullable().describe('The commit it was built from; null when not told.'),
    built_at: timestamp.nullable(),
    node: z.string().describe('The version of Node that runs it.'),
  })
  .meta({ id: 'Version' })

const sourceSchema = z.object({
  name: z.string().describe('As it stands in the `sources` of answers.'),
  title: z.string(),
  vendor: z.string().nullable(),
  entity: z.string().describe('What it measures, such as `gpu`.'),
  measures: z.array(z.string()),
  caution: z
    .string()
    .nullable()
    .describe('What a reader of its figures should know, such as that it has no power.'),
})

const unmatchedSchema = z.object({
  cluster: z.string(),
  observed_at: timestamp
    .nullable()
    .describe('When names were last looked up there, by the requests for power and hardware.'),
  names: z.int().nonnegative().describe("Names that sources use for nodes and that are no node's."),
  by_source: z.array(z.object({ source: z.string(), names: z.int().nonnegative() })),
})

/** What this server can do, for clients that adapt. */
export const capabilitiesSchema = z
  .object({
    domains: z.array(z.string()),
    sources: z.array(sourceSchema),
    clusters: z.array(
      z.object({ name: z.string(), region: z.string().nullable(), flavour: z.string() }),
    ),
    unmatched_names: z
      .array(unmatchedSchema)
      .describe(
        'What could not be brought to a node and is in no total. `/monitoring/unmatched-names` has the names.',
      ),
    formats: z.array(z.string()),
    features: z.array(z.string()),
    limits: z.object({
      rows_per_page: z.int(),
      points_per_series: z.int(),
      requests_per_minute: z.int().nullable().describe('Null: no limit.'),
    }),
  })
  .meta({ id: 'Capabilities' })

export type Capabilities = z.output<typeof capabilitiesSchema>
export type Version = z.output<typeof versionSchema>
