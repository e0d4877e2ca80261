import { z } from 'zod'
import { getJson, type ServerOptions } from './api.ts'

const watts = z.number().nullable()
const warning = z.object({ code: z.string(), cluster: z.string().optional(), detail: z.string() })
const meta = z.object({
  observed_at: z.string(),
  status: z.enum(['complete', 'partial']),
  clusters: z.array(z.object({ name: z.string(), status: z.string() })),
  warnings: z.array(warning),
})
const total = z.object({
  total_power_watts: watts,
  coverage: z.number().nullable(),
  parts: z.record(z.string(), watts),
  nodes: z.object({ known: z.number(), measured: z.number(), estimated: z.number() }),
})
const powerSchema = z.object({
  data: total.extend({ by_cluster: z.array(total.extend({ cluster: z.string() })) }),
  meta,
})
const breakdownSchema = z.object({
  data: z.object({
    rows: z.array(
      z.object({
        key: z.record(z.string(), z.string().nullable()),
        power_watts: watts,
        percentage: z.number().nullable(),
        method: z.string().nullable(),
      }),
    ),
  }),
})

/** What the live view shows, at one time. */
export interface Snapshot {
  readonly power: z.output<typeof powerSchema>['data']
  readonly rows: z.output<typeof breakdownSchema>['data']['rows']
  readonly meta: z.output<typeof meta>
  readonly by: string
}

/** By what the live view can break the power down. */
export const DIMENSIONS = ['node', 'namespace', 'pod', 'vendor', 'workload_type'] as const

/** What is asked, of which clusters. */
export interface TopQuestion {
  readonly by: string
  readonly cluster?: readonly string[]
}

/** Reads the power now. Rejects with an `ApiError`. */
export async function readTop(
  server: ServerOptions,
  { by, cluster = [] }: TopQuestion,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const clusters = cluster.map((name) => `cluster=${encodeURIComponent(name)}`)
  const [power, breakdown] = await Promise.all([
    getJson(server, pathOf('/monitoring/power', clusters), signal),
    getJson(server, pathOf('/monitoring/power/breakdown', [`by=${by}`, ...clusters]), signal),
  ])
  const { data, meta: about } = powerSchema.parse(power)
  return { power: data, rows: breakdownSchema.parse(breakdown).data.rows, meta: about, by }
}

const pathOf = (path: string, query: readonly string[]): string =>
  query.length === 0 ? path : `${path}?${query.join('&')}`
