import { z } from 'zod'
import { BREAKDOWNS } from '../../analysis/power/figures.ts'
import { idleParameter, nameText, wordList } from '../../http/parameters.ts'
import type { Reach } from '../../kernel/sight.ts'
import { resolveWindow, type TimeRange } from '../../kernel/time-range.ts'
import { AGGREGATIONS, GROUPINGS, METRIC_NAMES, type Grouped } from '../../services/series/index.ts'
import type { Needs } from './asked.ts'
import type { Dataset } from './dataset.ts'
import { metricsDataset } from './metrics-dataset.ts'
import { exportParameters, type ExportParameters } from './parameters.ts'
import { scopeSchema } from './owned.ts'
import { powerDataset } from './power-dataset.ts'
import { reportQuery } from './report-query.ts'

/** What can be asked of `/export/power`. */
export const powerQuery = z.object({
  ...exportParameters,
  by: z
    .enum(['total', ...BREAKDOWNS])
    .default('total')
    .describe('What the power is told apart by.'),
  ...idleParameter,
})

// The keys of an object of ours are those of its type.
const ENTITY_NAMES = Object.keys(GROUPINGS) as [Grouped, ...Grouped[]]

/** What can be asked of `/export/metrics`. */
export const metricsQuery = z.object({
  ...exportParameters,
  metric: wordList(METRIC_NAMES, {
    most: 20,
    description: 'The measures, a column each: repeat it, or give a list with commas.',
  }),
  entity: z
    .enum(ENTITY_NAMES)
    .optional()
    .describe('Of what, where several things have them. Default: the first that has them all.'),
  by: nameText
    .optional()
    .describe('The label that makes a group, such as `node`. Without it each thing has rows.'),
  aggregation: z.enum(AGGREGATIONS).default('avg').describe('What is made of a group.'),
  summary: z
    .enum(['avg', 'min', 'max', 'last'])
    .default('avg')
    .describe('What is made of the samples of one thing within a step.'),
})

/** What the exports are about. */
export const REACH_OF = {
  power: 'namespace',
  metrics: 'namespace',
  report: 'cluster',
} as const satisfies Readonly<Record<string, Reach>>

/** A question as it is kept for later: its query as it was read, and when it was asked. */
export const questionSchema = z.discriminatedUnion('export', [
  z.object({ export: z.literal('power'), query: powerQuery, ...kept() }),
  z.object({ export: z.literal('metrics'), query: metricsQuery, ...kept() }),
  z.object({ export: z.literal('report'), query: reportQuery, ...kept() }),
])

function kept() {
  return {
    at: z.coerce.date(),
    partial: z.enum(['allow', 'deny']),
    format: z.string(),
    scope: scopeSchema,
  }
}

type Question = z.output<typeof questionSchema>

type DataQuestion = Pick<Question, 'at'> &
  (
    | { readonly export: 'power'; readonly query: z.output<typeof powerQuery> }
    | { readonly export: 'metrics'; readonly query: z.output<typeof metricsQuery> }
  )

/**
 * The rows that a question asks for, of what whoever asks may see. Rejects with `invalid_request` what does not fit
 * together.
 */
export function datasetOf(needs: Needs, question: DataQuestion): Dataset {
  const dataset = unbound(needs, question)
  // Rows are read when a writer takes them, which no request follows.
  return { ...dataset, read: needs.scopes.bound(dataset.read) }
}

function unbound(needs: Needs, question: DataQuestion): Dataset {
  const { at } = question
  const asked = { clusters: question.query.cluster, at }
  const range = windowOf(question.query, at)
  if (question.export === 'power') {
    const { by, idle } = question.query
    return powerDataset(needs, asked, { by, idle, range })
  }
  const { metric, entity, by, aggregation, summary } = question.query
  // Its schema wants one at least.
  const metrics = metric as [(typeof metric)[number], ...typeof metric]
  return metricsDataset(needs, asked, { metrics, entity, by, aggregation, summary, range })
}

/** A window may have any number of points here: the limit is what an export comes to. */
const MOST_POINTS = 100_000_000

const windowOf = ({ period, start, end, step }: ExportParameters, at: Date): TimeRange =>
  resolveWindow({ period, start, end, step }, at, MOST_POINTS)
