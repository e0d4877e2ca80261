import { z } from 'zod'
import { numberOf } from '../../analysis/cost/decimal.ts'
import { expected, fitLinear, type LinearModel } from '../../analysis/workloads/linear-model.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { PriceReader, Prices } from '../../services/costs/index.ts'
import type { Asked, Needs } from '../../services/workloads/index.ts'
import { nodesBooked, withNodes } from './booked-nodes.ts'
import type { PredictBody } from './predict-body.ts'
import { HISTORY_HOURS, siteHistory } from './site-history.ts'

/** In the order in which the history has them. */
const FEATURES = ['cpu_cores', 'memory_gb', 'gpu_count', 'npu_count'] as const

const figure = z.number().nullable()

export const predictedSchema = z.object({
  known: z.boolean().describe('False when the site has too little history, or nothing alike.'),
  reason: z.string().nullable().describe('Why it is not known.'),
  predicted_cost: figure.describe('Null when it is not known.'),
  currency: z.string().nullable(),
  cost_model: z.string().nullable(),
  infrastructure_cost: figure.describe(
    'Of predicted_cost, what nodes or GPUs cost by the price book, exactly; null when none is asked for or known.',
  ),
  price_book: z.string().nullable(),
  predicted_power_watts: figure,
  predicted_energy_joules: figure,
  interval: z
    .object({ level: z.number(), lower: z.number(), upper: z.number() })
    .nullable()
    .describe('Of the cost, from workloads that the model had not seen.'),
  model: z.object({
    kind: z.literal('linear_regression'),
    workloads: z.int().describe('Of the site, that it learnt from.'),
    history_hours: z.number().describe('How far back their mean power was read.'),
    r2: figure.describe('At workloads that it had not seen; 1 explains everything, 0 nothing.'),
    coefficients: z
      .record(z.string(), z.number())
      .describe('Watts: the constant, and for each unit of a resource.'),
  }),
  coverage: z
    .number()
    .describe('Of the resources that are asked for, how many lie within what was seen; 0 to 1.'),
})

/**
 * What a run would cost: its energy by a line through what the workloads of the site ask for and drew in the last day,
 * and what the price book says of the nodes or GPUs that are named.
 */
export async function predictCost(
  needs: Needs & { readonly costs: PriceReader },
  asked: Asked,
  body: PredictBody,
) {
  const { cases, workloads, ...account } = await siteHistory(needs, asked)
  const model = fitLinear(cases)
  const clusters = account.clusters.flatMap(({ name, status }) =>
    status === 'ok' || status === 'partial' ? [name] : [],
  )
  const from = unixSeconds(asked.at)
  const until = from + Math.ceil(body.duration_hours * 3600)
  const prices = await needs.costs.prices({ clusters, from, until, signal: asked.signal })
  const energy =
    model === null
      ? nothingKnown(workloads)
      : predicted(model, body, pricing(prices, { clusters, from, until }))
  const data = withNodes(energy, nodesBooked(prices, clusters, body), prices)
  return { data, observedAt: asked.at, ...account }
}

interface Pricing {
  readonly currency: string
  readonly model: string
  /** Null where the price is not known. */
  readonly costOf: (joules: number) => number | null
  /** Why it is not. */
  readonly reason: string
}

interface Priced {
  readonly clusters: readonly string[]
  readonly from: number
  readonly until: number
}

/** What joules cost that are drawn evenly from now on; nothing where it depends on the cluster and none is named. */
function pricing(prices: Prices, { clusters, from, until }: Priced): Pricing {
  const uses = (joules: number) =>
    clusters.map((cluster) => prices.of({ cluster, joules, from, until }))
  const totals = new Set(uses(1e9).map(({ total }) => total))
  const isPriced = uses(1e9).every(({ pricedShare }) => pricedShare === 1)
  return {
    currency: prices.currency,
    model: prices.model,
    reason: isPriced
      ? 'energy costs something else in each cluster: name one'
      : 'no tariff has a price for all of that time',
    costOf(joules) {
      const [first] = uses(joules)
      return first === undefined || !isPriced || totals.size > 1 ? null : numberOf(first.total)
    },
  }
}

const nothingKnown = (workloads: number) => ({
  known: false,
  reason: `too few workloads with requests and known power to learn from, among ${workloads}`,
  predicted_cost: null,
  currency: null,
  cost_model: null,
  predicted_power_watts: null,
  predicted_energy_joules: null,
  interval: null,
  model: {
    kind: 'linear_regression' as const,
    workloads: 0,
    history_hours: HISTORY_HOURS,
    r2: null,
    coefficients: {},
  },
  coverage: 0,
})

function predicted(
  model: LinearModel,
  { resources, duration_hours: hours }: PredictBody,
  pricing: Pricing,
) {
  const { value, lower, upper, outside } = expected(
    model,
    FEATURES.map((name) => resources[name]),
  )
  const isOutside = outside.length > 0
  const joules = (watts: number): number => watts * hours * 3600
  const costOf = (watts: number): number | null =>
    isOutside ? null : pricing.costOf(joules(watts))
  const [cost, low, high] = [costOf(value), costOf(lower), costOf(upper)]
  return {
    known: cost !== null,
    reason: isOutside ? strange(outside) : cost === null ? pricing.reason : null,
    predicted_cost: cost,
    currency: pricing.currency,
    cost_model: pricing.model,
    predicted_power_watts: isOutside ? null : value,
    predicted_energy_joules: isOutside ? null : joules(value),
    interval: low === null || high === null ? null : { level: 0.9, lower: low, upper: high },
    model: {
      kind: 'linear_regression' as const,
      workloads: model.cases,
      history_hours: HISTORY_HOURS,
      r2: model.r2,
      coefficients: Object.fromEntries(
        ['constant', ...FEATURES].map((name, index) => [name, model.coefficients[index] ?? 0]),
      ),
    },
    coverage: (FEATURES.length - outside.length) / FEATURES.length,
  }
}

const strange = (outside: readonly number[]): string =>
  `no workload of the site asks for so much or so little: ${outside.map((index) => FEATURES[index] ?? '').join(', ')}`
