import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'
import { decisionShape, ruleSchema } from './event-schemas.ts'

const figure = z.number().nullable()
const MOST_STEPS = 2000

const series = z.array(z.number().min(0).nullable()).min(1).max(MOST_STEPS)

/** What a policy is tried on. */
export const simulateSchema = z.strictObject({
  period: z.string().max(32).optional().describe('How far back from now: `24h` by default.'),
  start: z.string().max(64).optional(),
  end: z.string().max(64).optional(),
  step: z.string().max(32).optional().describe('From one decision to the next; `5m` by default.'),
  trace: z
    .strictObject({
      start: z.iso.datetime().default('2026-01-01T00:00:00Z'),
      step_seconds: z.int().min(1).max(86_400),
      power_watts: series.describe('Of the scope of the budget, the oldest first; null for none.'),
      workload_power_watts: series
        .nullable()
        .default(null)
        .describe('Of the replicas; the same as `power_watts` when left out.'),
      replicas: z.array(z.int().min(0).nullable()).min(1).max(MOST_STEPS),
    })
    .optional()
    .describe('A past to try it on, instead of the recorded one.'),
  initial_replicas: z.int().min(0).nullable().default(null),
  price_per_kwh: z.number().min(0).nullable().default(null).describe('Null: that of the site.'),
})

const outcomeSchema = z.object({
  energy_joules: z.number(),
  energy_kwh: z.number(),
  cost: z
    .object({ amount: z.number(), currency: z.string() })
    .nullable()
    .describe('Null where a price is not known.'),
  covered_seconds: z.number().describe('How much of the time the power is known of.'),
  peak_power_watts: figure,
  violation_seconds: z.number(),
  violations: z.array(
    z.object({
      start: timestamp,
      end: timestamp,
      peak_power_watts: z.number(),
      budget_watts: z.number(),
    }),
  ),
})

/** What a policy would have done. */
export const simulationSchema = z.object({
  policy_id: z.string(),
  policy_version: z.int(),
  source: z.enum(['recorded', 'posted']),
  start: timestamp,
  end: timestamp,
  step_seconds: z.number(),
  model: z.string().describe('How it was worked out what would have been.'),
  decisions: z.int(),
  decisions_by_rule: z.array(z.object({ rule: ruleSchema, count: z.int() })),
  changes: z.array(z.object({ at: timestamp, power_watts: z.number(), ...decisionShape })),
  simulated: outcomeSchema,
  recorded: outcomeSchema.describe('What was, without the policy.'),
  energy_saved_joules: z.number().describe('Negative where the policy would have used more.'),
  cost_saved: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  points: z
    .array(z.tuple([z.number(), figure, figure, figure, figure]))
    .describe(
      'Unix seconds, recorded and simulated watts, recorded and simulated replicas; null for a gap.',
    ),
})
