import { z } from 'zod'
import { nameText } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'
import { FEATURES } from '../../services/forecast/index.ts'

const watts = z.number().min(0)
const MOST_VALUES = 20_000

const featureShape = Object.fromEntries(
  FEATURES.map((name) => [name, z.array(z.number()).min(1).max(MOST_VALUES).optional()]),
) as Readonly<Record<(typeof FEATURES)[number], z.ZodOptional<z.ZodArray<z.ZodNumber>>>>

/** A question about power to come. */
export const powerQuestionSchema = z.strictObject({
  workload_id: nameText
    .optional()
    .describe('A pod: its name, `namespace/pod`, or `cluster/namespace/pod`.'),
  cluster: nameText.optional().describe('A cluster; alone, all of its power.'),
  node: nameText.optional(),
  namespace: nameText.optional(),
  prediction_horizon: z
    .string()
    .max(16)
    .optional()
    .describe('From `1m` to `24h`. Without it the setting `PREDICTION_HORIZON`.'),
  features: z
    .strictObject(featureShape)
    .optional()
    .describe('Utilisation in percent and temperature; they count for something never measured.'),
  history: z
    .strictObject({
      power_watts: z
        .array(watts.nullable())
        .min(1)
        .max(MOST_VALUES)
        .describe('The oldest first; null where there is none.'),
      step_seconds: z.int().min(1).max(86_400),
      end: z.iso.datetime().optional().describe('The time of the last value; now without it.'),
    })
    .optional()
    .describe('A series to forecast, instead of one that the clusters have.'),
  rated_power_watts: watts.optional().describe('What something never measured draws at most.'),
  idle_power_watts: watts.optional(),
})

const share = z.number().nullable()
const figure = z.number().nullable()

const predictionSchema = z.object({
  timestamp: timestamp.describe('The beginning of the step.'),
  predicted_power: z.number().describe('The mean power of the step in watts.'),
  confidence: share.describe(
    'The share of the truths of the backtest that lay within a tenth of their forecast, at this step. Null while too few are known.',
  ),
  lower_80: figure,
  upper_80: figure,
  lower_95: figure,
  upper_95: figure,
})

/** A forecast of power. */
export const powerAnswerSchema = z.object({
  workload_id: z.string().nullable(),
  target: z.object({
    kind: z.enum(['fleet', 'cluster', 'node', 'workload', 'posted', 'prior']),
    cluster: z.string().nullable(),
    node: z.string().nullable(),
    namespace: z.string().nullable(),
    pod: z.string().nullable(),
  }),
  predictions: z.array(predictionSchema),
  total_predicted_power: z
    .number()
    .describe(
      'The sum of `predicted_power` over all timestamps, as its first users expect it. It is no power and no energy: `peak_power_watts` and `energy_joules` are.',
    ),
  peak_power_watts: z.number(),
  mean_power_watts: z.number(),
  energy_joules: z.number(),
  energy_kwh: z.number(),
  horizon_seconds: z.number(),
  step_seconds: z.number(),
  model: z.string().describe('The members that have a share.'),
  model_version: z.string(),
  members: z.array(z.object({ name: z.string(), weight: z.number() })),
  rung: z.string().describe('How much history there is, which decides the models.'),
  rung_reason: z.string(),
  calibrated: z.boolean().describe('Whether the intervals rest on seven days of errors or more.'),
  level_shift: z
    .object({ at: timestamp, by_watts: z.number() })
    .nullable()
    .describe('A jump to another level after which older evidence no longer counts.'),
  training: z
    .object({
      start: timestamp,
      end: timestamp,
      points: z.int(),
      filled_points: z.int(),
    })
    .nullable(),
  backtest: z
    .object({
      origins: z.int(),
      days: z.number(),
      rmse_watts: figure,
      mae_watts: figure,
      mape_percent: figure.describe('Null where true values near zero make it meaningless.'),
      wape_percent: figure,
      mase: figure,
      skill_vs_persistence: figure,
      skill_vs_seasonal_naive: figure,
      coverage_80: share,
      coverage_95: share,
    })
    .nullable(),
  notes: z.array(z.string()),
})

const MOST_ITEMS = 500

/** Many questions at once. */
export const batchSchema = z.strictObject({
  items: z.array(powerQuestionSchema).min(1).max(MOST_ITEMS),
})

const stateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])

/** How far a batch is. */
export const batchRowSchema = z.object({
  batch_id: z.string(),
  state: stateSchema,
  progress: z.number().describe('From 0 to 1.'),
  items: z.int(),
  answered: z.int(),
  failed: z.int(),
  created_by: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
})

/** A batch with what it has come to. */
export const batchAnswerSchema = batchRowSchema.extend({
  results: z.array(
    z.object({
      position: z.int(),
      workload_id: z.string().nullable(),
      state: z.enum(['waiting', 'answered', 'failed']),
      answer: powerAnswerSchema.nullable(),
      error: z.object({ kind: z.string(), detail: z.string() }).nullable(),
    }),
  ),
})
