import { z } from 'zod'
import { BREAKDOWNS } from '../../analysis/power/figures.ts'
import type { App, DownloadRequest } from '../../http/app.ts'
import { idleParameter, nameText, wordList } from '../../http/parameters.ts'
import { resolveWindow } from '../../kernel/time-range.ts'
import { FORMATS } from '../../services/formats/index.ts'
import { AGGREGATIONS, GROUPINGS, METRIC_NAMES, type Grouped } from '../../services/series/index.ts'
import type { Needs } from './asked.ts'
import type { Dataset } from './dataset.ts'
import { EXAMPLES } from './examples.ts'
import { metricsDataset } from './metrics-dataset.ts'
import { exportParameters, type ExportParameters } from './parameters.ts'
import { powerDataset } from './power-dataset.ts'
import { jsonExportSchema } from './schemas.ts'
import { startExport, type Desk } from './start.ts'

const powerQuery = z.object({
  ...exportParameters,
  by: z
    .enum(['total', ...BREAKDOWNS])
    .default('total')
    .describe('What the power is told apart by.'),
  ...idleParameter,
})

// The keys of an object of ours are those of its type.
const ENTITY_NAMES = Object.keys(GROUPINGS) as [Grouped, ...Grouped[]]

const metricsQuery = z.object({
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

/** The exports of figures over a window. */
export function dataRoutes(app: App, desk: Desk): void {
  const shared = {
    params: z.object({}),
    content: CONTENT,
    partial: 'deny',
    mayBeTooLarge: true,
  } as const
  app.download({
    ...shared,
    url: '/power',
    summary: 'Power over a window, as a file',
    description: DESCRIPTION,
    query: powerQuery,
    example: EXAMPLES.power,
    answer: (request) => startExport(desk, powerOf(desk.needs, request), request),
  })
  app.download({
    ...shared,
    url: '/metrics',
    summary: 'Measures over a window, as a file',
    description: DESCRIPTION,
    query: metricsQuery,
    example: EXAMPLES.metrics,
    answer: (request) => startExport(desk, metricsOf(desk.needs, request), request),
  })
}

const DESCRIPTION =
  'Rows are read and sent window by window, whatever their number. There is no row where nothing is known. The trailers `X-Export-Status`, `X-Export-Rows`, `X-Export-SHA256` and `X-Export-Rows-SHA256` come behind a whole file only.'

const file = z.string().describe('The bytes of the file.')
const CONTENT: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(
    Object.values(FORMATS).map(({ mediaType }) => [mediaType.split(';')[0] ?? mediaType, file]),
  ),
  'application/json': jsonExportSchema,
}

/** A window may have any number of points here: the limit is what an export comes to. */
const windowOf = (
  { period, start, end, step }: ExportParameters,
  at: Date,
): ReturnType<typeof resolveWindow> => resolveWindow({ period, start, end, step }, at, 100_000_000)

type Request<Query> = Pick<DownloadRequest<Query, unknown>, 'query' | 'at'>

function powerOf(needs: Needs, { query, at }: Request<z.output<typeof powerQuery>>): Dataset {
  const { by, idle } = query
  const asked = { clusters: query.cluster, at }
  return powerDataset(needs, asked, { by, idle, range: windowOf(query, at) })
}

function metricsOf(needs: Needs, { query, at }: Request<z.output<typeof metricsQuery>>): Dataset {
  const { metric, entity, by, aggregation, summary } = query
  // Its schema wants one at least.
  const metrics = metric as [(typeof metric)[number], ...typeof metric]
  const range = windowOf(query, at)
  const question = { metrics, entity, by, aggregation, summary, range }
  return metricsDataset(needs, { clusters: query.cluster, at }, question)
}
