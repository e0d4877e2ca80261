import type { z } from 'zod'
import { isComplete } from '../../../kernel/answer.ts'
import type { Outcome } from '../../../http/app.ts'
import { writeJson } from '../../../http/wire.ts'
import type { Figure, Reading } from '../../../services/streams/index.ts'
import type { Needs } from '../asked.ts'
import { powerBreakdown } from '../breakdown.ts'
import { metricNow } from '../metric-now.ts'
import { fleetPower } from '../power.ts'
import { breakdownSchema, metricSeriesSchema, powerSchema } from '../schemas.ts'
import type { MetricQuery, PowerQuery } from './parameters.ts'

/** How answers are written. */
export interface Writing {
  /** Whether each is held against its schema. */
  readonly strict: boolean
  readonly simulated: boolean
}

export interface Look {
  readonly at: Date
  readonly signal: AbortSignal
}

type ReadNeeds = Needs & { readonly writing: Writing }

/** Power as the equal request answers it: `/power`, or `/power/breakdown` where rows or components are asked for. */
export function readPower(needs: ReadNeeds, query: PowerQuery, look: Look): Promise<Reading> {
  const whole = query.by === undefined && query.resource_type === 'all'
  return whole ? readFleet(needs, query, look) : readBreakdown(needs, query, look)
}

async function readFleet(needs: ReadNeeds, query: PowerQuery, look: Look): Promise<Reading> {
  const found = await fleetPower(needs, { ...look, clusters: query.cluster })
  const { total_power_watts: total, by_cluster: clusters } = found.data
  return readingOf(found, powerSchema, {
    writing: needs.writing,
    total,
    rows: clusters.map((row) => ({
      key: { cluster: row.cluster },
      value: row.total_power_watts,
    })),
    basis: clusters.map(({ cluster, nodes }) => [cluster, nodes]),
  })
}

async function readBreakdown(needs: ReadNeeds, query: PowerQuery, look: Look): Promise<Reading> {
  const { by = 'cluster', idle, resource_type: resourceType } = query
  const question = { by, idle, resourceType }
  const found = await powerBreakdown(needs, { ...look, clusters: query.cluster }, question)
  const { total_power_watts: total, coverage, rows } = found.data
  return readingOf(found, breakdownSchema, {
    writing: needs.writing,
    total,
    rows: rows.map(({ key, power_watts: value }) => ({ key, value })),
    basis: coverage,
  })
}

/** One measure as it is now, in the shape of `/timeseries/metrics`. */
export async function readMetric(
  needs: ReadNeeds,
  query: MetricQuery,
  look: Look,
): Promise<Reading> {
  const { cluster: clusters, metric, entity, aggregation, by, interval: stepSeconds } = query
  const question = { metric, entity, aggregation, by, stepSeconds }
  const found = await metricNow(needs, { ...look, clusters }, question)
  return readingOf(found, metricSeriesSchema, {
    writing: needs.writing,
    total: null,
    rows: found.data.series.map(({ key, points }) => ({ key, value: points[0]?.[1] ?? null })),
    basis: null,
  })
}

interface Facts {
  readonly writing: Writing
  readonly total: number | null
  readonly rows: readonly Figure[]
  readonly basis: unknown
}

function readingOf(
  found: Outcome<unknown>,
  schema: z.ZodType,
  { writing, total, rows, basis }: Facts,
): Reading {
  const { clusters, warnings, observedAt } = found
  const status = isComplete(found) ? 'complete' : 'partial'
  const { strict, simulated } = writing
  const scope = clusters.filter((cluster) => cluster.status === 'ok').map(({ name }) => name)
  return {
    observedAt,
    data: writeJson(schema, found.data, strict),
    meta: JSON.stringify({
      observed_at: observedAt,
      status,
      clusters,
      warnings,
      ...(simulated && { simulated }),
    }),
    total,
    rows,
    scope,
    // The text of a warning may count what changes all the time.
    circumstances: JSON.stringify([
      clusters,
      warnings.map(({ code, cluster }) => [code, cluster ?? '']),
    ]),
    basis: JSON.stringify([scope, basis]),
  }
}
