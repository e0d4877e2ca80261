import { z } from 'zod'
import { nameText } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'

const figure = z.number().nullable()

const targetSchema = z.object({
  kind: z.enum(['fleet', 'cluster', 'node', 'workload']),
  cluster: z.string().nullable(),
  node: z.string().nullable(),
  namespace: z.string().nullable(),
  pod: z.string().nullable(),
})

const versionSchema = z.object({
  version: z.int(),
  status: z
    .enum(['written', 'rejected', 'pending', 'corrupt'])
    .describe(
      '`rejected` did not pass the gate, `pending` was not written in full, `corrupt` cannot be read.',
    ),
  problem: z.string().nullable().describe('Why it cannot serve; null where it can.'),
  created_at: timestamp,
  gate_reason: z.string().nullable(),
  trained_from: z.string().nullable(),
  trained_to: z.string().nullable(),
  training_points: figure,
  training_seconds: figure,
  rmse_watts: figure,
  members: z.array(z.object({ name: z.string(), weight: z.number() })),
  weights_sha256: z.string().nullable(),
})

/** A model with its versions. */
export const modelSchema = z.object({
  model_id: z.string(),
  target: targetSchema,
  active_version: z.int().nullable().describe('The version that was chosen to serve.'),
  serving_version: z
    .int()
    .nullable()
    .describe('The one that does: an earlier one where the active one cannot be read.'),
  versions: z.array(versionSchema),
})

const scoresShape = {
  rmse_watts: figure,
  mae_watts: figure,
  mape_percent: figure,
  wape_percent: figure,
  mase: figure,
}

/** What a version is known to be worth, as its manifest holds it. */
export const metricsSchema = z.object({
  backtest: z.object({ origins: z.int(), days: z.number(), fitted_on_points: z.int() }),
  scores: z.object(scoresShape),
  member_scores: z.array(z.object({ member: z.string(), ...scoresShape })),
  skill_vs_persistence: figure,
  skill_vs_seasonal_naive: figure,
  coverage: z.array(z.object({ level: z.number(), share: figure })),
  members: z.array(z.object({ name: z.string(), weight: z.number() })),
})

/** What a model is worth, version by version. */
export const modelMetricsSchema = z.object({
  model_id: z.string(),
  serving_version: z.int().nullable(),
  versions: z.array(z.object({ version: z.int(), metrics: metricsSchema.nullable() })),
  events: z.array(
    z.object({ at: timestamp, kind: z.enum(['level_shift', 'drift']), detail: z.string() }),
  ),
})

/** What is to be trained. */
export const retrainSchema = z.strictObject({
  workload_id: nameText.optional(),
  cluster: nameText.optional(),
  node: nameText.optional(),
  namespace: nameText.optional(),
})

/** A training as it goes on. */
export const trainingSchema = z.object({
  job_id: z.string(),
  model_id: z.string(),
  target: targetSchema,
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  progress: z.number().describe('From 0 to 1.'),
  version: z.int().nullable().describe('What it made.'),
  activated: z.boolean().nullable().describe('Whether that serves now.'),
  detail: z.string().nullable().describe('Why it serves or does not, or what went wrong.'),
  created_by: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
})

export const activateSchema = z.strictObject({ version: z.int().min(1) })
