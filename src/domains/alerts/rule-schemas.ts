import { z } from 'zod'
import { SEVERITIES } from '../../analysis/alerts/rule.ts'
import { timestamp } from '../../http/wire.ts'
import { conditionSchema, durationText } from './condition-schemas.ts'

/** As Kubernetes names things, so that it fits into addresses and labels. */
const ruleName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: 'must be lower-case letters, digits and dashes, 63 at most',
})

/** Labels that alerts have of themselves. */
const TAKEN = new Set(['alertname', 'severity', 'rule'])

const ownLabels = z
  .record(
    z
      .string()
      .regex(/^[a-zA-Z_]\w{0,62}$/, { error: 'must be the name of a label' })
      .refine((name) => !name.startsWith('__') && !TAKEN.has(name), { error: 'is taken' }),
    z.string().min(1).max(200),
  )
  .refine((labels) => Object.keys(labels).length <= 20, { error: 'must be at most 20' })

const noDataSchema = z.strictObject({
  after: durationText.default('5m').describe('How long nothing is known before it is told.'),
  tell: z.boolean().default(true),
  forget_after: durationText
    .default('1d')
    .describe('What was silent for so long is not waited for any more; an alert of it ends.'),
})

const specShape = {
  description: z.string().max(1000).nullable().default(null),
  enabled: z.boolean().default(true),
  severity: z.enum(SEVERITIES).default('warning'),
  labels: ownLabels.default({}).describe('Labels of its alerts beside those of their groups.'),
  summary: z
    .string()
    .min(1)
    .max(300)
    .nullable()
    .default(null)
    .describe('The line that people read: `{node}` stands for a label, `{value}` for the value.'),
  condition: conditionSchema,
  for: durationText.default('0s').describe('How long the condition has to hold before it fires.'),
  keep_firing_for: durationText
    .default('0s')
    .describe('How long the condition has to be over before it ends.'),
  least_coverage: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe(
      'A group of which less than this share of the series of the last hour report is not judged. 0: whatever reports is judged.',
    ),
  no_data: noDataSchema.default(noDataSchema.parse({})),
  receivers: z.array(z.string().max(63)).max(20).default([]).describe('Who is told, by name.'),
}

/** A rule as it is made. */
export const newRuleSchema = z.strictObject({ name: ruleName, ...specShape })

/** A rule as it is replaced: whole, and under the name that it has. */
export const changedRuleSchema = z.strictObject({ name: ruleName.optional(), ...specShape })

const evaluationSchema = z.object({
  at: timestamp,
  outcome: z
    .enum(['ok', 'partial', 'failed', 'timeout', 'late'])
    .describe(
      '`partial`: some clusters did not answer; `failed`: it could not be read; `timeout`: it took too long; `late`: there was no time for it.',
    ),
  detail: z.string().nullable(),
  seconds: z.number(),
  groups: z.int(),
  cut_groups: z.int().describe('How many groups are not watched because there are too many.'),
})

/** A rule as it is answered. */
export const ruleSchema = z.object({
  id: z.string(),
  version: z.int().describe('Grows with each change; also the `ETag`.'),
  name: z.string(),
  ...specShape,
  origin: z.enum(['api', 'file']).describe('`file`: it is changed in `ALERT_RULES_FILE`.'),
  counts: z
    .object({ ok: z.int(), pending: z.int(), firing: z.int(), no_data: z.int() })
    .describe('How many groups are in each state.'),
  last_evaluation: evaluationSchema.nullable(),
  created_by: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
})
