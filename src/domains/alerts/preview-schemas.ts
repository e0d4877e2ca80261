import { z } from 'zod'
import { ALERT_STATES } from '../../analysis/alerts/state.ts'
import { timestamp } from '../../http/wire.ts'
import { newRuleSchema } from './rule-schemas.ts'

const windowText = z.string().min(1).max(64).optional()

const windowShape = {
  period: windowText.describe('How far back from now. Default `1d`.'),
  start: windowText.describe('The start, as RFC 3339 or unix seconds.'),
  end: windowText.describe('The end, as RFC 3339 or unix seconds. Default: now.'),
  step: windowText.describe('How far evaluations lie apart. Default: at most 500 of them.'),
}

/** A window to try a rule on. */
export const previewWindowSchema = z.strictObject(windowShape)

/** A rule that there is not yet, and a window to try it on. */
export const previewSchema = z.strictObject({
  ...windowShape,
  rule: z.strictObject({
    ...newRuleSchema.shape,
    name: newRuleSchema.shape.name.default('preview'),
  }),
})

const labels = z.record(z.string(), z.string())

/** What a rule would have done. */
export const previewedSchema = z.object({
  start: timestamp,
  end: timestamp,
  step_seconds: z.number(),
  unit: z.string().nullable(),
  thresholds: z
    .object({
      above: z.number().nullable(),
      below: z.number().nullable(),
      clear: z.number().nullable(),
    })
    .describe('What values are held against.'),
  fired: z.int().describe('How often it would have fired, all groups together.'),
  firing_seconds: z.number(),
  no_data_seconds: z.number().describe('How long nothing could be said, all groups together.'),
  episodes: z.array(
    z.object({
      labels,
      starts_at: timestamp,
      ends_at: timestamp.nullable().describe('Null when it goes on at the end of the window.'),
      seconds: z.number(),
    }),
  ),
  cut_episodes: z.int(),
  series: z.array(
    z.object({
      labels,
      fired: z.int(),
      points: z
        .array(z.tuple([z.number(), z.number().nullable(), z.enum(ALERT_STATES).nullable()]))
        .describe('Unix seconds, the value, and the state of the group.'),
    }),
  ),
  cut_series: z.int().describe('How many groups are left out because there are too many.'),
})
