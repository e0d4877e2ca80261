import { z } from 'zod'
import {
  AGGREGATES,
  BUDGET_FIGURES,
  BUDGET_PERIODS,
  DIRECTIONS,
  QUALITY_CHECKS,
} from '../../analysis/alerts/rule.ts'
import { nameText } from '../../http/parameters.ts'
import { DURATION_FORMAT, parseDuration } from '../../kernel/time-range.ts'

const MOST_SECONDS = 31 * 86_400

/** A duration as Prometheus writes it, or `0s`. */
export const durationText = z
  .string()
  .refine((text) => /^0[smhd]?$/.test(text) || (parseDuration(text) ?? Infinity) <= MOST_SECONDS, {
    error: `must be ${DURATION_FORMAT}, 31 days at most, or 0s`,
  })

const windowText = z.string().refine(
  (text) => {
    const seconds = parseDuration(text) ?? 0
    return seconds >= 60 && seconds <= MOST_SECONDS && seconds % 15 === 0
  },
  { error: 'must be a duration such as 15m or 1d, a minute to 31 days, in steps of 15 s' },
)

const labelName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'must be a label' })

const metricFigureSchema = z.strictObject({
  metric: z
    .string()
    .max(200)
    .describe('A canonical metric, as `/prometheus/api/v1/metadata` lists them.'),
  where: z
    .record(labelName, z.array(nameText).min(1).max(100))
    .default({})
    .describe('Only series that have one of these values of a label, compared exactly.'),
  aggregate: z.enum(AGGREGATES).default('sum').describe('What is made of the series of a group.'),
  by: z
    .array(labelName)
    .max(10)
    .nullable()
    .default(null)
    .describe('The labels of a group; `[]`: all together; null: each series is watched by itself.'),
})

const queryFigureSchema = z.strictObject({
  query: z
    .string()
    .min(1)
    .max(4000)
    .describe(
      'A query of canonical series, in the part of PromQL that `/prometheus/api/v1/query` answers. Each series that it gives is watched by itself.',
    ),
})

const figureSchema = z.union([metricFigureSchema, queryFigureSchema])

const level = z.number().min(-1e15).max(1e15).nullable().default(null)
const clusters = z.array(nameText).min(1).max(100).nullable().default(null)

const thresholdSchema = z
  .strictObject({
    kind: z.literal('threshold'),
    figure: figureSchema,
    above: level,
    below: level,
    clear: level.describe('The level at which it ends: hysteresis. Null: the threshold itself.'),
  })
  .refine(({ above, below }) => (above === null) !== (below === null), {
    path: ['above'],
    error: 'must be given, or below, and not both',
  })
  .refine(({ above, clear }) => clear === null || clear <= (above ?? clear), {
    path: ['clear'],
    error: 'must not be over above',
  })
  .refine(({ below, clear }) => clear === null || clear >= (below ?? clear), {
    path: ['clear'],
    error: 'must not be under below',
  })

const absenceSchema = z.strictObject({
  kind: z.literal('absence'),
  figure: metricFigureSchema.describe('What reported, and does not for the time of `for`.'),
})

const changeSchema = z
  .strictObject({
    kind: z.literal('change'),
    figure: figureSchema,
    window: windowText.describe('The figure is held against what it was so long ago.'),
    direction: z.enum(DIRECTIONS).default('either'),
    percent: z.number().positive().max(1e6).nullable().default(null),
    amount: z.number().positive().max(1e15).nullable().default(null),
  })
  .refine(({ percent, amount }) => (percent === null) !== (amount === null), {
    path: ['percent'],
    error: 'must be given, or amount, and not both',
  })

const qualitySchema = z.strictObject({
  kind: z.literal('quality'),
  check: z
    .enum(QUALITY_CHECKS)
    .describe(
      '`coverage`: less of the nodes of a cluster is measured than `below`; `cluster_silent`: a cluster does not answer in full; the others are the warnings of that name.',
    ),
  metric: z
    .string()
    .max(200)
    .default('kcloud_power_watts')
    .describe('The canonical metric whose reading is looked at for warnings.'),
  below: z.number().positive().max(1).default(0.9),
  clusters,
})

const budgetSchema = z.strictObject({
  kind: z.literal('budget'),
  of: z.enum(BUDGET_FIGURES),
  period: z.enum(BUDGET_PERIODS),
  time_zone: z
    .string()
    .max(64)
    .refine(isZone, { error: 'must be an IANA zone such as Asia/Seoul' })
    .default('UTC'),
  amount: z.number().positive().max(1e15).describe('In kWh, the currency of costs, or kg CO2.'),
  percent: z.number().positive().max(1000).default(100).describe('Of the amount.'),
  basis: z
    .enum(['spent', 'projected'])
    .default('spent')
    .describe('`projected`: what the period will come to at the mean of the last 24 h.'),
  by: z.enum(['cluster', 'fleet']).default('fleet'),
  clusters,
})

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}

/** What a rule watches. */
export const conditionSchema = z.discriminatedUnion('kind', [
  thresholdSchema,
  absenceSchema,
  changeSchema,
  qualitySchema,
  budgetSchema,
])
