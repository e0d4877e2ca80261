import { z } from 'zod'
import { RULES, type Rule } from '../../analysis/scaling/decision.ts'
import { MODES } from '../../analysis/scaling/policy.ts'
import { timestamp } from '../../http/wire.ts'

const figure = z.number().nullable()
const count = z.int().nullable()

// The keys of an object of ours are those of its type.
export const RULE_NAMES = Object.keys(RULES) as [Rule, ...Rule[]]
const meanings = Object.entries(RULES)
  .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
  .join('; ')

export const ruleSchema = z.enum(RULE_NAMES).describe(meanings)
export const actionSchema = z.enum(['scale_out', 'scale_in', 'hold'])

/** What a decision says. */
export const decisionShape = {
  action: actionSchema,
  rule: ruleSchema,
  reason: z.string(),
  current_replicas: count,
  desired_replicas: count.describe('Null: there is no number to act on.'),
  permitted_replicas: count.describe(
    'How many the upper threshold has room for, at what each draws now.',
  ),
  watts_per_replica: figure,
  expected_change_watts: figure,
  forecast_used: z.boolean(),
}

const inputsSchema = z.object({
  power_watts: figure.describe('Of the scope of the budget.'),
  coverage: figure,
  complete: z.boolean().describe('Whether every asked cluster answered in full.'),
  stale: z.boolean(),
  replicas: count,
  workload_power_watts: figure,
  budget_watts: z.number(),
  upper_threshold_watts: z.number(),
  lower_threshold_watts: z.number(),
  min_replicas: z.int(),
  max_replicas: z.int(),
  schedule_active: z.boolean(),
  others_shedding_watts: z
    .number()
    .describe('What others with the same budget have shed and the power does not show yet.'),
  others_adding_watts: z.number(),
})

const forecastSchema = z.object({
  peak_power_watts: figure,
  confidence: figure,
  model: z.string().nullable(),
  problem: z.string().nullable().describe('Why there is no forecast.'),
})

const deliverySchema = z.object({
  kind: z.enum(['webhook', 'kubernetes']),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  problem: z.string().nullable().describe('What went wrong last.'),
  note: z.string().nullable().describe('What was done.'),
  settled_at: timestamp.nullable(),
})

/** One decision with everything that it rests on. */
export const eventSchema = z.object({
  event_id: z.string(),
  policy_id: z.string(),
  policy_version: z.int(),
  at: timestamp,
  mode: z.enum(MODES),
  ...decisionShape,
  inputs: inputsSchema,
  forecast: forecastSchema.nullable().describe('Null when the policy does not look ahead.'),
  shed: z
    .array(z.object({ pod: z.string(), power_watts: figure }))
    .describe('The replicas that go, the first to go first.'),
  delivery: deliverySchema
    .nullable()
    .describe('What has become of it outside; null where nothing was to be done.'),
})

/** What KEDA and others read. It is no envelope: `value` stands at the top. */
export const metricSchema = z.object({
  value: z.int().describe('How many replicas there should be.'),
  active: z.boolean(),
  rule: ruleSchema,
  reason: z.string(),
  coverage: figure,
  decided_at: timestamp,
  valid_until: timestamp,
})
