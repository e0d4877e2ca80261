import { z } from 'zod'
import { TEMPLATES } from '../../analysis/report/period.ts'
import { timestamp } from '../../http/wire.ts'
import { LANGUAGES } from '../../services/reports/index.ts'

const figure = z.number().nullable()
const date = z.string().describe('A date in the time zone of the report.')
const place = z.object({ cluster: z.string(), node: z.string() })
/** How a cluster took part. */
export const cluster = z.object({ name: z.string(), status: z.string() })
export const warning = z.object({
  code: z.string(),
  detail: z.string(),
  cluster: z.string().optional(),
})

/** What is missing from the figures of a report. */
export const qualitySchema = z.object({
  status: z.enum(['complete', 'partial']),
  window_seconds: z.number(),
  covered_seconds: z.number(),
  time_coverage: z.number(),
  node_coverage: figure,
  least_node_coverage: figure,
  silent_clusters: z.array(z.string()),
  clusters: z.array(
    z.object({
      cluster: z.string(),
      status: z.string(),
      covered_seconds: z.number(),
      coverage: figure,
    }),
  ),
  gaps: z.array(z.object({ start: timestamp, end: timestamp })),
  excluded_samples: z.array(z.object({ cluster: z.string(), count: z.int(), example: z.string() })),
  estimated_nodes: z.array(place),
  unmeasured_nodes: z.array(place),
  warnings: z.array(warning),
})

/** What a report is made from. */
export const manifestSchema = z.object({
  generated_at: timestamp,
  parameters: z.object({
    template: z.enum(TEMPLATES),
    start_date: date,
    end_date: date,
    timezone: z.string(),
    clusters: z.array(z.string()).nullable(),
    lang: z.enum(LANGUAGES),
  }),
  clusters: z.array(cluster),
  sources: z.array(z.string()),
  simulated: z.boolean(),
  version: z.string(),
  figures_sha256: z.string().describe('Of the report as JSON without its manifest.'),
})
