import { z } from 'zod'
import { BREAKDOWNS } from '../../analysis/power/figures.ts'
import type { App } from '../../http/app.ts'
import { clusterParameter, nameText, wholeNumber, windowParameters } from '../../http/parameters.ts'
import { AGGREGATIONS, GROUPINGS, METRIC_NAMES, type Grouped } from '../../services/series/index.ts'
import type { Needs } from './asked.ts'
import { metricSeries } from './metric-series.ts'
import { powerSeries } from './power-series.ts'
import { askedBy } from './routes.ts'
import { SERIES_EXAMPLES } from './series-examples.ts'
import { metricSeriesSchema, powerSeriesSchema, temperatureSeriesSchema } from './schemas.ts'
import { temperatureSeries } from './temperature-series.ts'

const window = { ...clusterParameter, ...windowParameters }
const noParams = z.object({})
// The keys of an object of ours are those of its type.
const ENTITY_NAMES = Object.keys(GROUPINGS) as [Grouped, ...Grouped[]]

/** The routes of figures over time. */
export function seriesRoutes(app: App, needs: Needs): void {
  powerRoute(app, needs)
  metricRoute(app, needs)
  app.resource({
    url: '/timeseries/temperature',
    reach: 'cluster',
    summary: 'Temperatures over a window',
    query: z.object({
      ...window,
      by: z.enum(['cluster', 'node']).default('cluster'),
      aggregation: z.enum(['avg', 'min', 'max']).default('max'),
    }),
    params: noParams,
    data: temperatureSeriesSchema,
    example: SERIES_EXAMPLES.temperature,
    shelf: 'series',
    answer: (request) => {
      const { cluster: _, by, aggregation, ...asked } = request.query
      return temperatureSeries(needs, askedBy(request), { by, aggregation, window: asked })
    },
  })
}

function powerRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/timeseries/power',
    reach: 'namespace',
    summary: 'Power over a window by one dimension',
    description: 'At each point the series add up to the total; a gap is null.',
    query: z.object({
      ...window,
      by: z.enum(['total', ...BREAKDOWNS]).default('total'),
      top: wholeNumber({ min: 1, max: 1000 })
        .default(50)
        .describe('How many series at most; the smaller ones are one, called `others`.'),
    }),
    params: noParams,
    data: powerSeriesSchema,
    example: SERIES_EXAMPLES.power,
    shelf: 'series',
    answer: (request) => {
      const { cluster: _, by, top, ...asked } = request.query
      return powerSeries(needs, askedBy(request), { by, top, window: asked })
    },
  })
}

function metricRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/timeseries/metrics',
    reach: 'namespace',
    summary: 'One measure over a window',
    query: z.object({
      ...window,
      metric: z.enum(METRIC_NAMES),
      entity: z
        .enum(ENTITY_NAMES)
        .optional()
        .describe(
          'Of what, where several things have the measure. Default: the first that has it.',
        ),
      aggregation: z.enum(AGGREGATIONS).default('avg').describe('What is made of a group.'),
      by: nameText.default('cluster').describe('The label that makes a group, such as `node`.'),
    }),
    params: noParams,
    data: metricSeriesSchema,
    example: SERIES_EXAMPLES.metrics,
    shelf: 'series',
    answer: (request) => {
      const { cluster: _, metric, entity, aggregation, by, ...asked } = request.query
      const question = { metric, entity, aggregation, by, window: asked }
      return metricSeries(needs, askedBy(request), question)
    },
  })
}
