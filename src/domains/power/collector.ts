import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { timestamp } from '../../http/wire.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Collector } from '../../services/collector/index.ts'

const count = z.int()

/** How the collector fares. */
const collectorSchema = z.object({
  running: z.boolean(),
  interval_seconds: z.number(),
  collected_intervals: count.describe('Each of one cluster.'),
  collected_rows: count,
  incomplete_intervals: count.describe('Of which a cluster said that something is missing.'),
  failures: count.describe('Readings of clusters that failed, and are tried again.'),
  skipped_intervals: count.describe(
    'More than six hours ago when there was somebody to read them.',
  ),
  last_error: z.string().nullable(),
  collected_until: timestamp.nullable().describe('As far as the cluster that is furthest behind.'),
  lag_seconds: z.number().nullable(),
  sinks: z.array(
    z.object({
      name: z.enum(['redis', 'influxdb', 'store']),
      state: z.enum(['ok', 'failing']),
      queued_batches: count,
      queued_bytes: count,
      lag_seconds: z.number().describe('The age of the oldest batch that waits.'),
      delivered_batches: count,
      delivered_rows: count,
      retries: count.describe('Deliveries that failed and were tried again.'),
      dropped_rows: count.describe('That had to go because the queue was full.'),
      refused_rows: count.describe('That the sink said it would never take.'),
      damaged_batches: count.describe('Files of the queue that could not be read any more.'),
      last_error: z.string().nullable(),
      last_delivery: timestamp.nullable(),
    }),
  ),
})

/** An answer of the demo, with the roll-ups alone. */
const EXAMPLE: z.input<typeof collectorSchema> = {
  running: true,
  interval_seconds: 60,
  collected_intervals: 6,
  collected_rows: 628,
  incomplete_intervals: 0,
  failures: 0,
  skipped_intervals: 0,
  last_error: null,
  collected_until: '2026-11-28T20:10:00.000Z',
  lag_seconds: 85.03800010681152,
  sinks: [
    {
      name: 'store',
      state: 'ok',
      delivered_batches: 6,
      delivered_rows: 628,
      retries: 0,
      dropped_rows: 0,
      refused_rows: 0,
      damaged_batches: 0,
      last_error: null,
      last_delivery: '2026-11-28T20:10:40.515Z',
      queued_batches: 0,
      queued_bytes: 0,
      lag_seconds: 0,
    },
  ],
}

export interface CollectorNeeds {
  /** Null where none is configured. */
  readonly collector: Collector | null
  readonly now: () => Date
}

/** The routes below `/power/collector`. */
export function collectorRoutes(app: App, { collector, now }: CollectorNeeds): void {
  const known = (): Collector => {
    if (collector !== null) return collector
    throw new KCloudError('not_found', {
      detail: 'no collector is configured: set COLLECTOR_ENABLED, and a sink',
    })
  }
  const shown = () => ({ data: known().status(), observedAt: now(), clusters: [], warnings: [] })
  app.resource({
    url: '/collector',
    reach: 'admin',
    summary: 'The collector: what it has read and delivered, and what waits',
    query: z.object({}),
    params: z.object({}),
    data: collectorSchema,
    example: EXAMPLE,
    shelf: 'none',
    answer: shown,
  })
  for (const change of ['start', 'stop'] as const)
    app.action({
      method: 'POST',
      url: `/collector/${change}`,
      reach: 'admin',
      summary: change === 'start' ? 'Start the collector' : 'Stop the collector',
      description: 'Until the server ends. What waits in the queues stays there.',
      params: z.object({}),
      body: null,
      data: collectorSchema,
      example: { ...EXAMPLE, running: change === 'start' },
      carryOut: () => {
        known()[change]()
        return Promise.resolve(shown())
      },
    })
}
