import { z } from 'zod'
import { isComplete, type ClusterStatus, type WarningCode } from '../kernel/answer.ts'
import type { Outcome } from './app.ts'
import { bodyOf, type Body } from './body.ts'
import { timestamp, writeJson } from './wire.ts'

const CLUSTER_STATUSES = {
  ok: 'answered',
  partial: 'answered, and says that something is missing',
  timeout: 'took longer than its deadline',
  unreachable: 'could not be connected to',
  unauthorized: 'refused the credentials of the server',
  rejected: 'would not answer the question',
  invalid: 'gave no usable answer',
  too_large: 'gave a larger answer than is accepted',
  overloaded: 'is held back from, because it failed too often',
} as const satisfies Record<ClusterStatus, string>

const WARNING_CODES = {
  cluster_unavailable: 'a cluster did not answer: its part is missing',
  cluster_incomplete: 'a cluster says itself that its answer is incomplete',
  stale_data:
    'samples older than the freshness bound of their source, or repeated by an exporter that stands still',
  implausible_values: 'values that cannot be were left out',
  silent_entities:
    'known lately, but reporting nothing now, or not at some points of a window; exporters that do not answer',
  inconsistent_sources: 'sources that contradict one another',
  bmc_unreachable: 'BMCs that do not answer: their servers are listed without figures',
  unmatched_names:
    'names that belong to no known node: servers stand for themselves, and what they report is in no total of nodes',
  rates_missing:
    'a price, PUE or carbon intensity is not known, or only estimated, for some of the energy: figures of it are a lower bound',
  rates_unverified: 'rates that nobody compared with their source',
} as const satisfies Record<WarningCode, string>

function choices(meanings: Readonly<Record<string, string>>): string {
  return Object.entries(meanings)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
    .join('; ')
}

const keysOf = <Key extends string>(record: Readonly<Record<Key, string>>): Key[] =>
  Object.keys(record) as Key[]

const pageSchema = z
  .object({ total: z.int(), limit: z.int(), offset: z.int() })
  .meta({ id: 'Page', description: 'Which part of the list this is.' })

/** How one cluster took part. */
export const clusterReportSchema = z
  .object({
    name: z.string(),
    status: z.enum(keysOf(CLUSTER_STATUSES)).describe(choices(CLUSTER_STATUSES)),
  })
  .meta({ id: 'ClusterReport' })

/** What a reader has to know about the figures. */
export const warningSchema = z
  .object({
    code: z.enum(keysOf(WARNING_CODES)).describe(choices(WARNING_CODES)),
    detail: z.string(),
    cluster: z.string().optional(),
  })
  .meta({ id: 'Warning' })

const metaFields = {
  request_id: z.string(),
  observed_at: timestamp.describe('The time of the data, not of the reply.'),
  status: z
    .enum(['complete', 'partial'])
    .describe('`partial` as soon as one asked cluster did not answer in full.'),
  clusters: z.array(clusterReportSchema),
  warnings: z.array(warningSchema),
  simulated: z.literal(true).optional().describe('The data come from the built-in simulator.'),
}
export const metaSchema = z.object(metaFields).meta({ id: 'Meta' })
const pagedMetaSchema = z.object({ ...metaFields, page: pageSchema }).meta({ id: 'PagedMeta' })

/** The schema of an answer around the schema of its data. */
export function envelopeSchema(data: z.ZodType, paged: boolean): z.ZodType {
  return z.object({ data, meta: paged ? pagedMetaSchema : metaSchema })
}

/** An answer that is ready to be sent to anyone who asks the same. */
export interface Answered {
  readonly body: Body
  readonly complete: boolean
  readonly status: number
  readonly clusters: Outcome<unknown>['clusters']
}

export interface EnvelopeOptions {
  /** Whether each answer is held against its schema. */
  readonly strict: boolean
  readonly simulated: boolean
}

/** The envelope of an outcome, as bytes. */
export function answered(
  outcome: Outcome<unknown>,
  schema: z.ZodType,
  { strict, simulated }: EnvelopeOptions,
): Answered {
  const complete = isComplete(outcome)
  const meta = {
    observed_at: outcome.observedAt,
    status: complete ? 'complete' : 'partial',
    clusters: outcome.clusters,
    warnings: outcome.warnings,
    ...(outcome.page && { page: outcome.page }),
    ...(simulated && { simulated }),
  }
  const metaText = JSON.stringify(meta)
  const body = bodyOf(writeJson(schema, outcome.data, strict), metaText)
  if (strict) assertMeta(meta, outcome.page !== undefined)
  return {
    body: outcome.etag === undefined ? body : { ...body, etag: outcome.etag },
    complete,
    status: outcome.status ?? 200,
    clusters: outcome.clusters,
  }
}

function assertMeta(meta: object, paged: boolean): void {
  writeJson(paged ? pagedMetaSchema : metaSchema, { request_id: '', ...meta }, true)
}
