import { z } from 'zod'

const text = z.string().max(20_000)
const several = z.union([text, z.array(text).max(100)])

/** Everything that the calls take; what they do not know they leave alone, as Prometheus does. */
export const callSchema = z.object({
  query: text.optional(),
  time: text.optional(),
  start: text.optional(),
  end: text.optional(),
  step: text.optional(),
  limit: text.optional(),
  lookback_delta: text.optional(),
  metric: text.optional(),
  partial: z
    .enum(['allow', 'deny'])
    .optional()
    .describe('`deny` answers 503 where a cluster did not answer in full.'),
  'match[]': several.optional(),
})

export type CallParameters = z.output<typeof callSchema>

/** What a call takes, for the documentation: some of it. */
export function taking(...names: readonly (keyof typeof callSchema.shape)[]) {
  return z.object(
    Object.fromEntries(names.map((name) => [name, callSchema.shape[name]])),
  ) as unknown as typeof callSchema
}

const labels = z.record(z.string(), z.string())
const sample = z.tuple([z.number(), z.string()])
const told = { warnings: z.array(z.string()).optional(), infos: z.array(z.string()).optional() }
const success = <Data extends z.ZodType>(data: Data) =>
  z.object({ status: z.literal('success'), data, ...told })

export const querySchema = success(
  z.union([
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: labels, value: sample })),
    }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labels, values: z.array(sample) })),
    }),
    z.object({ resultType: z.literal('scalar'), result: sample }),
  ]),
)
export type QueryData = z.output<typeof querySchema>['data']

export const seriesSchema = success(z.array(labels))
export const namesSchema = success(z.array(z.string()))
export const metadataSchema = success(
  z.record(z.string(), z.array(z.object({ type: z.string(), help: z.string(), unit: z.string() }))),
)
export const buildInfoSchema = success(
  z.object({
    version: z.string().describe('The generation of Prometheus whose rules hold here.'),
    revision: z.string(),
    branch: z.string(),
    buildUser: z.string(),
    buildDate: z.string(),
    goVersion: z.string(),
  }),
)
