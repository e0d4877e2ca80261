import { z } from 'zod'
import { clusterParameter, windowParameters } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'
import { COMPARE_METRIC_NAMES, COMPARE_METRICS, type CompareMetric } from './compare-metrics.ts'
import { clusterReportStatus, method, sources } from './figure-schemas.ts'

const meanings = COMPARE_METRIC_NAMES.map(
  (name: CompareMetric) => `\`${name}\`: ${COMPARE_METRICS[name].meaning}`,
).join('; ')

const DEFAULT_METRICS: readonly CompareMetric[] = ['power', 'utilization', 'temperature']

/** A list of metrics, by repeating the parameter or with commas; each once, in the order of the list of all. */
const metricList = z
  .preprocess(splitNames, z.array(z.enum(COMPARE_METRIC_NAMES)).min(1))
  .transform((asked) => COMPARE_METRIC_NAMES.filter((name) => asked.includes(name)))

function splitNames(value: unknown): unknown {
  const texts = Array.isArray(value) ? value : [value]
  return texts.every((text) => typeof text === 'string')
    ? texts.flatMap((text) => text.split(','))
    : value
}

/** What is compared, of which clusters. */
export const compareQuery = z.object({
  ...clusterParameter,
  metrics: metricList
    .default([...DEFAULT_METRICS])
    .describe(
      `What to compare by: repeat it, or give a list with commas. ${meanings}. Default: ${DEFAULT_METRICS.join(', ')}.`,
    ),
  ...windowParameters,
})

/** Clusters side by side. */
export const compareSchema = z.object({
  window: z
    .object({ start: timestamp, end: timestamp, step_seconds: z.number() })
    .nullable()
    .describe('The window of `energy`; null where it is not asked for. All else is of now.'),
  metrics: z.array(
    z.object({
      metric: z.enum(COMPARE_METRIC_NAMES),
      unit: z.string(),
      total: z.number().nullable().describe('The sum of the rows; null where it makes no sense.'),
      method: method.describe(
        'How the total was found: estimated where a row is; null without one.',
      ),
      sources,
      rows: z
        .array(
          z.object({
            cluster: z.string(),
            value: z.number().nullable().describe('Null: no source of the cluster reports it.'),
            rank: z
              .int()
              .nullable()
              .describe('1 for the highest value, equal for equal ones; null without a value.'),
            share_percent: z
              .number()
              .nullable()
              .describe('Of the total, 0 to 100; null where there is no total.'),
            method,
            coverage: z
              .number()
              .nullable()
              .describe(
                'How much of it was measured, 0 to 1: of the nodes, of the accelerators, or for energy of the window.',
              ),
            sources,
          }),
        )
        .describe('The highest value first, clusters without a value last.'),
    }),
  ),
  unavailable: z
    .array(z.object({ cluster: z.string(), status: clusterReportStatus }))
    .describe('Clusters that did not answer: they have no row, and are in no total.'),
})
