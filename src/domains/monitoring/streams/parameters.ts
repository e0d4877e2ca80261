import { z } from 'zod'
import { BREAKDOWNS } from '../../../analysis/power/figures.ts'
import { clusterParameter, idleParameter, nameText, wholeNumber } from '../../../http/parameters.ts'
import {
  AGGREGATIONS,
  GROUPINGS,
  METRIC_NAMES,
  type Grouped,
} from '../../../services/series/index.ts'
import { resourceTypeParameter } from '../routes.ts'

/** A number that stands as text in an address and as itself in a message. */
function decimal({ min, max }: { readonly min: number; readonly max: number }) {
  const error = `must be a number from ${min} to ${max}`
  const read = (value: unknown) =>
    typeof value === 'string' && /^-?\d{1,12}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value
  return z.preprocess(read, z.number({ error }).min(min, { error }).max(max, { error }))
}

const LARGEST = 1e12

const shared = {
  interval: wholeNumber({ min: 1, max: 60 })
    .default(5)
    .describe('Seconds from one reading to the next, 1 to 60. Default 5.'),
  deadband: decimal({ min: 0, max: LARGEST })
    .optional()
    .describe(
      'Updates only when a figure has changed by more than this, in its unit; 0: by anything. Without it every reading is an update.',
    ),
  deadband_percent: decimal({ min: 0, max: 1000 })
    .optional()
    .describe('The same in percent of the figure; of two deadbands the wider one counts.'),
  min_interval: wholeNumber({ min: 0, max: 3600 })
    .default(0)
    .describe('Seconds that lie at least between two updates. Thresholds are watched meanwhile.'),
  hysteresis_percent: decimal({ min: 0, max: 100 })
    .default(5)
    .describe('How far below its threshold a figure has to fall before that is cleared.'),
}

/** What a stream of power is of, and when it speaks. */
export const powerParameters = {
  ...clusterParameter,
  ...resourceTypeParameter,
  by: z
    .enum(BREAKDOWNS)
    .optional()
    .describe('The rows of this dimension, as `/monitoring/power/breakdown` has them.'),
  ...idleParameter,
  ...shared,
  threshold_watts: decimal({ min: 0, max: LARGEST })
    .optional()
    .describe('Tells once when more is drawn, and once when it is less again.'),
  spike_percent: decimal({ min: 0, max: 1_000_000 })
    .default(10)
    .describe('The change from one reading to the next that is a spike; 0: none is. Default 10.'),
  watch: z
    .enum(['total', 'rows'])
    .default('total')
    .describe('What threshold and spikes are about: the total, or each row.'),
}

// The keys of an object of ours are those of its type.
const ENTITY_NAMES = Object.keys(GROUPINGS) as [Grouped, ...Grouped[]]

/** What a stream of one measure is of, and when it speaks. */
export const metricParameters = {
  ...clusterParameter,
  metric: z
    .enum(METRIC_NAMES)
    .default('gpu_utilization_percent')
    .describe('The measure. Default `gpu_utilization_percent`.'),
  entity: z
    .enum(ENTITY_NAMES)
    .optional()
    .describe('Of what, where several things have the measure. Default: the first that has it.'),
  aggregation: z.enum(AGGREGATIONS).default('avg').describe('What is made of a group.'),
  by: nameText.default('cluster').describe('The label that makes a group, such as `node`.'),
  ...shared,
  threshold: decimal({ min: -LARGEST, max: LARGEST })
    .optional()
    .describe(
      'In the unit of the measure: tells once when a group is above it, and once when not.',
    ),
}

export const powerQuery = z.object(powerParameters)
export const metricQuery = z.object(metricParameters)
export type PowerQuery = z.output<typeof powerQuery>
export type MetricQuery = z.output<typeof metricQuery>

/** The streams by name, with what can be asked of them. */
export const STREAMS = { power: powerQuery, metrics: metricQuery } as const
export type StreamName = keyof typeof STREAMS
