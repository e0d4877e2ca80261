import { z } from 'zod'
import { MODES, SCOPES, SHED_ORDERS, WEEKDAYS } from '../../analysis/scaling/policy.ts'
import { nameText } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'

const MOST_REPLICAS = 100_000
const MOST_WATTS = 1e9
const MOST_WINDOWS = 50

const replicas = z.int().min(0).max(MOST_REPLICAS)
const budget = z.number().positive().max(MOST_WATTS)
const percent = z.number().positive().max(100)

/** As Kubernetes names things, so that it fits into addresses and labels. */
const policyName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: 'must be lower-case letters, digits and dashes, 63 at most',
})

const targetSchema = z.strictObject({
  cluster: nameText,
  namespace: nameText,
  kind: z.enum(['Deployment', 'StatefulSet', 'ReplicaSet']).default('Deployment'),
  name: nameText,
})

const powerBasedSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Without it the policy decides nothing.'),
    max_power_budget: budget.describe('Watts.'),
    scale_out_threshold: percent
      .default(85)
      .describe(
        'Percent of the budget up to which replicas may be added; above it they are shed, and never added.',
      ),
    scale_in_threshold: percent
      .default(60)
      .describe(
        'Percent of the budget at or below which replicas may be added. Between the two nothing changes.',
      ),
    cooldown_period: z
      .int()
      .min(0)
      .max(86_400)
      .default(300)
      .describe('Seconds from one change to the next.'),
  })
  .refine((power) => power.scale_in_threshold <= power.scale_out_threshold, {
    path: ['scale_in_threshold'],
    error: 'must not be above scale_out_threshold',
  })

const predictiveSchema = z.strictObject({
  enabled: z.boolean().default(false),
  lookahead_minutes: z.int().min(5).max(1440).default(30),
  confidence_threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('A forecast of less confidence changes nothing.'),
})

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time such as 22:00' })

const windowSchema = z.strictObject({
  days: z.array(z.enum(WEEKDAYS)).min(1).max(7),
  start: clock,
  end: clock.describe('Before this; on the next day when it is not after `start`.'),
  max_power_budget: budget.nullable().default(null),
  min_replicas: replicas.nullable().default(null),
  max_replicas: replicas.nullable().default(null),
})

const scheduleSchema = z.strictObject({
  time_zone: z
    .string()
    .max(64)
    .refine(isZone, { error: 'must be an IANA zone such as Asia/Seoul' }),
  windows: z.array(windowSchema).min(1).max(MOST_WINDOWS),
  outside: z
    .enum(['policy', 'hold'])
    .default('policy')
    .describe('`hold`: nothing is done outside of the windows.'),
})

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}

const specShape = {
  description: z.string().max(1000).nullable().default(null),
  enabled: z.boolean().default(true),
  target: targetSchema.describe('Whose replicas it decides on.'),
  scope: z
    .enum(SCOPES)
    .default('workload')
    .describe('Whose power the budget is for: the replicas alone, their cluster, or all clusters.'),
  min_replicas: replicas.default(1),
  max_replicas: replicas,
  watts_per_replica: z
    .number()
    .positive()
    .max(MOST_WATTS)
    .nullable()
    .default(null)
    .describe('Null: what its replicas draw now, on average.'),
  power_based: powerBasedSchema,
  predictive_scaling: predictiveSchema.default(predictiveSchema.parse({})),
  schedule: scheduleSchema.nullable().default(null),
  least_coverage: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('A reading that knows less of what it should is none.'),
  priority: z
    .int()
    .min(0)
    .max(1000)
    .default(100)
    .describe('Of policies that share a budget, those of the lowest are shed first.'),
  shed_order: z
    .enum(SHED_ORDERS)
    .default('most_power_first')
    .describe('Which replicas go first, for whoever carries it out.'),
  mode: z
    .enum(MODES)
    .default('advise')
    .describe(
      '`advise`: decisions are told and nothing is done; `webhook`: changes are sent; `kubernetes`: the scale of the target is changed.',
    ),
  dry_run: z
    .boolean()
    .default(true)
    .describe('In the mode `kubernetes`: changes are tried, and not made.'),
  webhook: z
    .strictObject({ url: z.url({ protocol: /^https?$/ }).max(2048) })
    .nullable()
    .default(null),
}

type Bounds = Pick<z.output<z.ZodObject<typeof specShape>>, 'min_replicas' | 'max_replicas'>

const isOrdered = (spec: Bounds): boolean => spec.min_replicas <= spec.max_replicas
const ORDERED = { path: ['max_replicas'], error: 'must not be below min_replicas' }
const hasWebhook = (spec: { readonly mode: string; readonly webhook: unknown }): boolean =>
  spec.mode !== 'webhook' || spec.webhook !== null
const WITH_WEBHOOK = { path: ['webhook'], error: 'is required in the mode webhook' }

/** A policy as it is made. */
export const newPolicySchema = z
  .strictObject({ name: policyName, ...specShape })
  .refine(isOrdered, ORDERED)
  .refine(hasWebhook, WITH_WEBHOOK)

/** A policy as it is replaced: whole, and under the name that it has. */
export const changedPolicySchema = z
  .strictObject({ name: policyName.optional(), ...specShape })
  .refine(isOrdered, ORDERED)
  .refine(hasWebhook, WITH_WEBHOOK)

/** A policy as it is answered. */
export const policySchema = z.object({
  id: z.string(),
  version: z.int().describe('Grows with each change; also the `ETag`.'),
  name: z.string(),
  ...specShape,
  created_by: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
})
