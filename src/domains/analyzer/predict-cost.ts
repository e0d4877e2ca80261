import { z } from 'zod'
import {
  expected,
  fitLinear,
  type Case,
  type LinearModel,
} from '../../analysis/workloads/linear-model.ts'
import {
  amountsIn,
  readPods,
  type Asked,
  type Needs,
  type PodFacts,
} from '../../services/workloads/index.ts'

/** What some joules cost, for every part and in all; null where nobody says. */
export type PriceOf = (
  joules: number,
  at: Date,
) => { readonly currency: string; readonly model: string; readonly total: number } | null

export const FEATURES = ['cpu_cores', 'memory_gb', 'gpu_count', 'npu_count'] as const

/** What is to be run, in the words of the document. */
export const predictBody = z.object({
  cluster: z.string().min(1).max(253).optional().describe('Learn from this cluster alone.'),
  resources: z.strictObject({
    cpu_cores: z.number().min(0).max(100_000).default(0),
    memory_gb: z.number().min(0).max(10_000_000).default(0),
    gpu_count: z.number().min(0).max(100_000).default(0),
    npu_count: z.number().min(0).max(100_000).default(0),
  }),
  duration_hours: z.number().positive().max(87_600),
  spot_instance: z
    .boolean()
    .optional()
    .describe('Changes nothing: electricity has no spot price here.'),
})
type PredictBody = z.output<typeof predictBody>

const figure = z.number().nullable()

export const predictedSchema = z.object({
  known: z.boolean().describe('False when the site has too little history, or nothing alike.'),
  reason: z.string().nullable().describe('Why it is not known.'),
  predicted_cost: figure.describe('Null when it is not known.'),
  currency: z.string().nullable(),
  cost_model: z.string().nullable(),
  predicted_power_watts: figure,
  predicted_energy_joules: figure,
  interval: z
    .object({ level: z.number(), lower: z.number(), upper: z.number() })
    .nullable()
    .describe('Of the cost, from workloads that the model had not seen.'),
  model: z.object({
    kind: z.literal('linear_regression'),
    workloads: z.int().describe('Of the site, that it learnt from.'),
    r2: figure.describe('At workloads that it had not seen; 1 explains everything, 0 nothing.'),
    coefficients: z
      .record(z.string(), z.number())
      .describe('Watts: the constant, and for each unit of a resource.'),
  }),
  coverage: z
    .number()
    .describe('Of the resources that are asked for, how many lie within what was seen; 0 to 1.'),
})

/** What a run would cost, by a line through what the workloads of the site ask for and draw now. */
export async function predictCost(
  needs: Needs & { readonly priceOf: PriceOf },
  asked: Asked,
  body: PredictBody,
) {
  const { pods, account } = await readPods(needs, asked)
  const model = fitLinear(pods.flatMap(caseOf))
  const data =
    model === null
      ? nothingKnown(pods)
      : predicted(model, body, (joules) => needs.priceOf(joules, asked.at))
  return { data, observedAt: asked.at, ...account }
}

function caseOf({ power, rows }: PodFacts): readonly Case[] {
  const {
    cpu_cores: cores,
    memory_mb: memory,
    resources,
  } = amountsIn(rows('amounts'), 'resource_requested')
  if (power === undefined || cores === null) return []
  const boards = (pattern: RegExp): number =>
    Object.entries(resources)
      .filter(([name]) => pattern.test(name))
      .reduce((sum, [, count]) => sum + count, 0)
  const features = [
    cores,
    (memory ?? 0) / 1024,
    boards(/gpu/i),
    boards(/npu|rngd|warboy|atom|ascend/i),
  ]
  return [{ features, value: power.power_watts }]
}

const nothingKnown = (pods: readonly PodFacts[]) => ({
  known: false,
  reason: `too few workloads with requests and known power to learn from, among ${pods.length}`,
  predicted_cost: null,
  currency: null,
  cost_model: null,
  predicted_power_watts: null,
  predicted_energy_joules: null,
  interval: null,
  model: { kind: 'linear_regression' as const, workloads: 0, r2: null, coefficients: {} },
  coverage: 0,
})

function predicted(
  model: LinearModel,
  { resources, duration_hours: hours }: PredictBody,
  priceOf: (joules: number) => ReturnType<PriceOf>,
) {
  const { value, lower, upper, outside } = expected(
    model,
    FEATURES.map((name) => resources[name]),
  )
  const joules = (watts: number): number => watts * hours * 3600
  const price = outside.length > 0 ? null : priceOf(joules(value))
  const cost = (watts: number): number => priceOf(joules(watts))?.total ?? 0
  const names = outside.map((index) => FEATURES[index] ?? '')
  return {
    known: price !== null,
    reason: reasonOf(names, price),
    predicted_cost: price === null ? null : price.total,
    currency: price === null ? null : price.currency,
    cost_model: price === null ? null : price.model,
    predicted_power_watts: outside.length > 0 ? null : value,
    predicted_energy_joules: outside.length > 0 ? null : joules(value),
    interval: price === null ? null : { level: 0.9, lower: cost(lower), upper: cost(upper) },
    model: {
      kind: 'linear_regression' as const,
      workloads: model.cases,
      r2: model.r2,
      coefficients: Object.fromEntries(
        ['constant', ...FEATURES].map((name, index) => [name, model.coefficients[index] ?? 0]),
      ),
    },
    coverage: (FEATURES.length - outside.length) / FEATURES.length,
  }
}

function reasonOf(outside: readonly string[], price: object | null): string | null {
  if (outside.length > 0)
    return `no workload of the site asks for so much or so little: ${outside.join(', ')}`
  return price === null ? 'nobody says what energy costs' : null
}
