import { z } from 'zod'
import type { App } from '../../http/app.ts'
import type { Foreign } from '../../http/foreign.ts'
import { KCloudError } from '../../kernel/errors.ts'
import {
  findSeries,
  instantQuery,
  labelNames,
  labelValues,
  metadata,
  rangeQuery,
  type Call,
  type Needs,
} from './calls.ts'
import { EXAMPLES } from './examples.ts'
import { PROMETHEUS } from './language.ts'
import * as schemas from './schemas.ts'

type Parameters = typeof schemas.callSchema

interface OneCall<Data extends z.ZodType> extends Pick<
  Foreign<Parameters, Parameters, Data>,
  'url' | 'reach' | 'summary' | 'data' | 'example'
> {
  readonly description?: string
  /** What it takes, in the address or as a form. */
  readonly takes: Parameters
  readonly answer: (call: Call) => ReturnType<Foreign<Parameters, Parameters, Data>['answer']>
}

/** Both ways to make a call: with its parameters in the address, and as a form. */
function both<Data extends z.ZodType>(app: App, { takes, answer, ...route }: OneCall<Data>): void {
  const common = { ...route, language: PROMETHEUS, query: takes, shelf: 'none' } as const
  app.foreign({
    ...common,
    method: 'GET',
    body: null,
    answer: ({ query, at, signal }) => answer({ parameters: query, at, signal }),
  })
  app.foreign({
    ...common,
    method: 'POST',
    form: true,
    body: takes,
    answer: ({ query, body, at, signal }) =>
      answer({ parameters: { ...query, ...body }, at, signal }),
  })
}

/** The calls of Prometheus' HTTP API that read. */
export function prometheusRoutes(app: App, needs: Needs): void {
  queryRoutes(app, needs)
  both(app, {
    url: '/series',
    reach: 'namespace',
    summary: 'The canonical series that some selectors take',
    takes: schemas.taking('match[]', 'start', 'end', 'limit', 'partial'),
    data: schemas.seriesSchema,
    example: EXAMPLES.series,
    answer: (call) => findSeries(needs, call),
  })
  both(app, {
    url: '/labels',
    reach: 'everybody',
    summary: 'The labels that canonical series can have',
    takes: schemas.taking('match[]', 'start', 'end', 'limit'),
    data: schemas.namesSchema,
    example: { status: 'success', data: ['__name__', 'cluster', 'node'] },
    answer: (call) => labelNames(needs, call),
  })
  readRoutes(app, needs)
}

function queryRoutes(app: App, needs: Needs): void {
  both(app, {
    url: '/query',
    reach: 'namespace',
    summary: 'A query of the canonical series at one time',
    description:
      'The accepted part of PromQL: selectors with offset; rate, increase and the *_over_time of sum, avg, min, max, count and last; timestamp; sum, avg, min, max, count, topk and bottomk, by and without; arithmetic, comparisons, and, or, unless, on and ignoring, one to one.',
    takes: schemas.taking('query', 'time', 'limit', 'partial', 'lookback_delta'),
    data: schemas.querySchema,
    example: EXAMPLES.query,
    answer: (call) => instantQuery(needs, call),
  })
  both(app, {
    url: '/query_range',
    reach: 'namespace',
    summary: 'A query of the canonical series at many times',
    takes: schemas.taking('query', 'start', 'end', 'step', 'limit', 'partial', 'lookback_delta'),
    data: schemas.querySchema,
    example: EXAMPLES.range,
    answer: (call) => rangeQuery(needs, call),
  })
}

/** The calls that have no form. */
function readRoutes(app: App, needs: Needs): void {
  const common = { method: 'GET', language: PROMETHEUS, shelf: 'none', body: null } as const
  app.foreign({
    ...common,
    url: '/metadata',
    reach: 'everybody',
    summary: 'What the canonical metrics are',
    query: schemas.taking('metric', 'limit'),
    data: schemas.metadataSchema,
    example: EXAMPLES.metadata,
    answer: ({ query, at, signal }) => metadata(needs, { parameters: query, at, signal }),
  })
  app.foreign({
    ...common,
    url: '/status/buildinfo',
    reach: 'everybody',
    summary: 'Whose rules hold here',
    query: z.object({}),
    data: schemas.buildInfoSchema,
    example: { status: 'success', data: BUILD },
    answer: () => ({ data: { status: 'success' as const, data: BUILD }, clusters: [] }),
  })
  valuesRoute(app, needs)
}

/** Clients choose by it what they ask: the rules here are those of Prometheus 3. */
const BUILD = {
  version: '3.0.0',
  revision: 'kcloud-monitor',
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
}

const LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/

function valuesRoute(app: App, needs: Needs): void {
  app.foreign({
    method: 'GET',
    language: PROMETHEUS,
    shelf: 'none',
    body: null,
    url: '/label/:name/values',
    reach: 'namespace',
    summary: 'The values of a label of canonical series',
    query: schemas.taking('match[]', 'start', 'end', 'limit', 'partial'),
    params: z.object({ name: z.string().max(253) }),
    data: schemas.namesSchema,
    example: { status: 'success', data: ['busan', 'daejeon', 'seoul'] },
    answer: ({ query, params, at, signal }) => {
      const name = String(params['name'])
      if (!LABEL.test(name))
        throw new KCloudError('invalid_request', {
          detail: `invalid label name: ${JSON.stringify(name)}`,
        })
      return labelValues(needs, { parameters: query, at, signal }, name)
    },
  })
}
