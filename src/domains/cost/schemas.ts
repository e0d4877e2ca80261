import { z } from 'zod'
import { COST_MODELS } from '../../analysis/cost/models.ts'
import { timestamp } from '../../http/wire.ts'

const figure = z.number().nullable()
const text = z.string().nullable()

const termsSchema = z
  .object({
    electricity: z.number(),
    cooling: z
      .number()
      .describe('Only of the model `kcloud`; in `facility` it lies in electricity, by PUE.'),
    carbon: z.number(),
    demand: z.number().describe('The part of the demand charge; only of the model `facility`.'),
    infrastructure: z.number().describe('Of price books of nodes, in either model; 0 without one.'),
  })
  .meta({ id: 'CostTerms', description: 'They add up to the cost.' })

const breakdownSchema = z
  .object({
    compute: z.number().describe('CPU, memory and whatever else a node draws.'),
    gpu: z.number().describe('All accelerators.'),
    storage: figure.describe(
      'Of price books. Null where none prices it: no source tells its energy apart, which lies in compute.',
    ),
    network: figure.describe('Likewise.'),
  })
  .meta({ id: 'CostBreakdown', description: 'What is not null adds up to the cost.' })

/** What every costed thing has. */
export const costShape = {
  cost: z.number().describe('In the currency of the answer, to the millionth.'),
  cost_terms: termsSchema,
  cost_breakdown: breakdownSchema,
  energy_joules: z.number().describe('Of computers, without cooling and losses.'),
  energy_kwh: z.number(),
  facility_energy_kwh: figure.describe(
    'With its part of cooling and losses, by PUE; null without one.',
  ),
  carbon_kg: figure.describe(
    'Of the facility where PUE is known. Null where no carbon intensity is.',
  ),
}

const demandSchema = z
  .object({
    month: z.string(),
    billed_kilowatts: z.number(),
    set_in: z.string().describe('The month that set it: an earlier one by the ratchet.'),
    measured_kilowatts: figure.describe(
      'The highest quarter of an hour of the window; null when its steps are longer.',
    ),
    measured_coverage: figure.describe(
      'How much of that quarter was measured; below 0.9 it is uncertain.',
    ),
    month_share: z.number().describe('The part of the month that is charged.'),
    cost: z.number(),
  })
  .meta({ id: 'DemandCharge' })

const ratesSchema = z
  .object({
    cluster: z.string(),
    electricity_per_kwh: figure.describe(
      'The rate of the formula, or the mean price of the tariff over the energy.',
    ),
    cooling_factor: figure.describe('Of the model `kcloud`.'),
    carbon_per_kwh: figure.describe(
      'Of the model `kcloud`, whose formula prices carbon by the kWh.',
    ),
    carbon_per_kg: figure.describe('Of the model `facility`.'),
    pue: figure,
    pue_source: z
      .enum(['measured', 'assumed'])
      .nullable()
      .describe('`measured`: by meters of the site over this window; `assumed`: configured.'),
    tariff: text,
    tariff_source_url: text,
    tariff_verified: z.boolean().nullable(),
    price_book: text.describe('The prices of nodes; null where they cost only their energy.'),
    price_book_source_url: text,
    price_book_verified: z.boolean().nullable(),
    price_book_electricity: z
      .enum(['included', 'extra'])
      .nullable()
      .describe(
        'Whether the prices of nodes hold their electricity; it is then not charged again.',
      ),
    carbon_intensity_kg_per_kwh: figure.describe('The mean over the energy, in its time.'),
    carbon_intensity_source: text,
    carbon_intensity_kind: z.enum(['average', 'marginal']).nullable(),
    demand: z.array(demandSchema),
    coverage: figure.describe(
      'The measured part of nodes × of the window, 0 to 1; null without nodes.',
    ),
    covered_seconds: z.number(),
  })
  .meta({ id: 'CostRates' })

/** How the figures of an answer were had. */
export const methodShape = {
  model: z.enum(COST_MODELS),
  currency: z.string().describe('ISO 4217.'),
  idle: z.enum(['separate', 'proportional', 'reserved']),
  method: z
    .literal('attributed')
    .describe('Shares of measured or estimated power of nodes, step by step.'),
  start: timestamp,
  end: timestamp,
  step_seconds: z.number(),
  coverage: figure.describe('The mean of the clusters; null where nothing is known.'),
  provisional: z
    .boolean()
    .describe('Whether samples of the last minute of the window may still come.'),
  rates: z.array(ratesSchema),
}

const keySchema = z.record(z.string(), z.string())

export const KINDS = ['workload', 'idle', 'unattributed'] as const

const rowSchema = z
  .object({ key: keySchema, kind: z.enum(KINDS), ...costShape })
  .meta({ id: 'CostRow' })

const perHour = {
  cost_per_hour: z.number(),
  power_watts: z.number(),
}

export const currentSchema = z.object({
  ...methodShape,
  ...perHour,
  by: z.string(),
  total: z.object(costShape).describe('Of one hour at the power and prices of now.'),
  rows: z.array(rowSchema).describe('With what is idle and unattributed they add up to the total.'),
})

export const hourlySchema = z.object({
  ...methodShape,
  namespace: text,
  total: z.object(costShape),
  hours: z.array(
    z
      .object({
        start: timestamp,
        end: timestamp,
        covered_seconds: z.number().describe('Of the asked clusters, the least.'),
        provisional: z.boolean(),
        ...costShape,
      })
      .meta({ id: 'CostHour' }),
  ),
})

export const workloadShape = {
  workload_id: z.string(),
  cluster: z.string(),
  namespace: text,
  kind: z.string().describe('`pod`, `vm`, or the kind of an owner such as `Deployment`.'),
  name: z.string(),
  pods: z.array(z.string()).describe('The pods that were charged, at most 100.'),
  charged_seconds: z.number().describe('The time in which it had any share of power.'),
  accelerator_hours: z
    .number()
    .describe('One accelerator held for an hour is 1; a part of one less.'),
}

export const workloadSchema = z.object({
  ...methodShape,
  ...workloadShape,
  cost_per_hour: z.number().describe('Over the time in which it was charged.'),
  ...costShape,
})

export const analyzerSchema = z.object({
  timestamp,
  ...workloadShape,
  cost_per_hour: z.number().describe('Over the time in which it was charged.'),
  cost_breakdown: breakdownSchema.describe('Of cost_per_hour.'),
  cost_terms: termsSchema.describe('Of cost_per_hour.'),
  ...methodShape,
  power_watts: z.number().describe('The mean over the time in which it was charged.'),
  carbon_kg_per_hour: figure,
})
