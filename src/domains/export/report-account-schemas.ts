import { z } from 'zod'
import { COST_MODELS, TERMS } from '../../analysis/cost/models.ts'
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

const compared = z.object({ current: figure, previous: figure, change_percent: figure })

/** What the energy of a report cost and emitted. */
export const costSchema = z.object({
  model: z.enum(COST_MODELS),
  currency: z.string().describe('ISO 4217.'),
  cost: compared,
  cost_per_kwh: figure.describe('Of the energy of the computers.'),
  carbon_kg: compared.describe('Of the facility where PUE is known; null without an intensity.'),
  facility_energy_kwh: compared.describe('With cooling and losses, by PUE; null without one.'),
  terms: z
    .array(z.object({ term: z.enum(TERMS), ...compared.shape }))
    .describe('They add up to the cost.'),
  clusters: z
    .array(
      z.object({
        cluster: z.string(),
        energy_kwh: z.number(),
        facility_energy_kwh: figure,
        cost: z.number(),
        share_percent: figure,
        carbon_kg: figure,
        tariff: z.string().nullable().describe('Null in the model that has one rate.'),
        pue: figure,
        pue_source: z.enum(['measured', 'assumed']).nullable(),
        carbon_intensity_source: z.string().nullable(),
      }),
    )
    .describe('They add up to the cost.'),
})
