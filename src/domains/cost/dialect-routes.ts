import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isComplete } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { KCloudError, invalidRequest } from '../../kernel/errors.ts'
import { parseDuration } from '../../kernel/time-range.ts'
import type { App } from '../../http/app.ts'
import { partialParameters } from '../../http/parameters.ts'
import { signalOf } from '../../http/resource.ts'
import type { CostQuestion, CostWindow } from '../../services/costs/index.ts'
import { allocationSets, checkAggregate } from './allocation.ts'
import { allocationWindow } from './allocation-window.ts'
import { costParameters, costWindowParameters, edgesIn, spanOf, type Needs } from './asked.ts'
import { ALLOCATION_EXAMPLE, FOCUS_EXAMPLE } from './dialect-examples.ts'
import { focusCsv, focusRows } from './focus.ts'

const focusQuery = z.strictObject({
  ...costParameters,
  ...costWindowParameters,
  ...partialParameters('deny'),
  granularity: z
    .enum(['hour', 'day'])
    .default('day')
    .describe('The length of charge periods, in UTC.'),
  format: z.enum(['csv', 'json']).default('csv'),
})

const flag = z.enum(['true', 'false']).default('false')

const allocationQuery = z.strictObject({
  cluster: costParameters.cluster,
  model: costParameters.model,
  ...partialParameters('deny'),
  window: z
    .string({
      error:
        'is needed: today, yesterday, week, lastweek, month, lastmonth, 7d, "7d offset 1d", or start,end',
    })
    .describe(
      '`today`, `yesterday`, `week`, `lastweek`, `month`, `lastmonth`, `12h`, `7d offset 1d`, or two times with a comma.',
    ),
  time_zone: z.string().default('UTC').describe('The IANA zone of days, weeks and months.'),
  aggregate: z
    .string()
    .optional()
    .describe(
      'A comma list of cluster, node, namespace, controllerKind, controller, deployment, pod, label:<name>.',
    ),
  step: z.string().optional().describe('The length of a set. Default: the window.'),
  resolution: z.string().optional().describe('The mean of how long is one reading.'),
  accumulate: flag.describe('All sets as one.'),
  includeIdle: flag.describe('Whether `__idle__` is listed.'),
  shareIdle: flag.describe('Whether workloads pay for idle power, by what they use.'),
  idleByNode: flag.describe('Idle by node.'),
})

/** The same charges in the dialects of others: FOCUS rows, and OpenCost's allocations. */
export function dialectRoutes({ fastify }: App, needs: Handled): void {
  fastify.route({
    method: 'GET',
    url: '/cost/focus',
    config: { reach: 'namespace' },
    schema: {
      summary: 'The cost of a window as rows of FOCUS 1.2',
      description:
        'One row for each pod, machine or remainder and charge period; columns of ours begin with `x_`.',
      querystring: focusQuery,
      ...exampleOf(FOCUS_EXAMPLE),
      response: {
        200: {
          description: 'The rows.',
          content: {
            'text/csv': { schema: z.string() },
            'application/json': { schema: z.array(z.record(z.string(), z.unknown())) },
          },
        },
      },
    },
    handler: (request, reply) => sendFocus(needs, request, reply),
  })
  allocationRoutes(fastify, needs)
}

function allocationRoutes(fastify: App['fastify'], needs: Handled): void {
  for (const url of ['/allocation', '/allocation/compute'])
    fastify.route({
      method: 'GET',
      url,
      config: { reach: 'namespace' },
      schema: {
        summary: "The cost of a window in the shape of OpenCost's allocations",
        querystring: allocationQuery,
        ...exampleOf(ALLOCATION_EXAMPLE),
        response: {
          200: {
            description: 'A map of allocations for each step.',
            content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } },
          },
        },
      },
      handler: (request, reply) => sendAllocations(needs, request, reply),
    })
}

/** What the document of the API shows, beside what Fastify knows of schemas. */
const exampleOf = (example: object): object => ({
  'x-example': example,
  'x-may-be-too-large': true,
})

type Handled = Needs & { readonly now: () => Date }

const GRANULARITIES = { hour: 3600, day: 86_400 } as const
const MOST_PERIODS = 1488

async function sendFocus(needs: Handled, request: FastifyRequest, reply: FastifyReply) {
  // The route's schema has made it so.
  const query = request.query as z.output<typeof focusQuery>
  const at = needs.now()
  const span = spanOf(query, at)
  const edges = periodsOf(span, GRANULARITIES[query.granularity], '/query/granularity')
  const { cluster: clusters, model, idle } = query
  const signal = signalOf(reply)
  const asked = { clusters, model, idle, at, signal, ...span, edges, workloads: true }
  const rows = focusRows(await costed(needs, asked, query.partial), at)
  void reply.header('cache-control', 'no-store')
  if (query.format === 'json') return reply.type('application/json; charset=utf-8').send(rows)
  return reply.type('text/csv; charset=utf-8').serializer(String).send(focusCsv(rows))
}

function periodsOf(span: { start: Date; end: Date }, seconds: number, pointer: string) {
  const edges = edgesIn(span, seconds)
  if (edges.length > MOST_PERIODS)
    throw invalidRequest(
      pointer,
      `gives ${edges.length} periods, and at most ${MOST_PERIODS} are: take longer ones or a shorter window`,
    )
  return edges
}

async function costed(
  { costs }: Needs,
  question: CostQuestion,
  partial: 'allow' | 'deny',
): Promise<CostWindow> {
  const window = await costs.of(question)
  if (partial === 'deny' && !isComplete(window)) {
    const silent = window.clusters.filter(({ status }) => status !== 'ok').map(({ name }) => name)
    throw new KCloudError('partial_refused', {
      detail: `no complete answer from ${silent.join(', ')}; partial=allow gives what there is`,
    })
  }
  return window
}

async function sendAllocations(needs: Handled, request: FastifyRequest, reply: FastifyReply) {
  // The route's schema has made it so.
  const query = request.query as z.output<typeof allocationQuery>
  const at = needs.now()
  const aggregate = (query.aggregate ?? '').split(',').filter((each) => each !== '')
  checkAggregate(aggregate)
  const bounds = allocationWindow(query.window, at, zoneOf(query.time_zone))
  const span = spanOf(
    { start: bounds.start.toISOString(), end: bounds.end.toISOString(), step: query.resolution },
    at,
  )
  const window = await costed(
    needs,
    {
      clusters: query.cluster,
      model: query.model,
      at,
      signal: signalOf(reply),
      ...span,
      edges: setsOf(span, query.step),
      idle: query.shareIdle === 'true' ? 'proportional' : 'separate',
      workloads: true,
    },
    query.partial,
  )
  const data = allocationSets(window, {
    aggregate,
    accumulate: query.accumulate === 'true',
    includeIdle: query.includeIdle === 'true',
    idleByNode: query.idleByNode === 'true',
  })
  const warning = window.warnings.map(({ detail }) => detail).join('; ')
  return reply
    .header('cache-control', 'no-store')
    .send({ code: 200, status: 'success', data, message: '', warning })
}

function zoneOf(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    throw invalidRequest('/query/time_zone', 'must be the IANA name of a zone, such as Asia/Seoul')
  }
}

/** Sets of a length, the first of which begins with the window. */
function setsOf(
  { start, end }: { start: Date; end: Date },
  step: string | undefined,
): readonly Date[] {
  if (step === undefined) return [start]
  const seconds = parseDuration(step)
  if (seconds === undefined || seconds < 60)
    throw invalidRequest('/query/step', 'must be a duration of at least 1m, such as 1d')
  const count = Math.ceil((unixSeconds(end) - unixSeconds(start)) / seconds)
  if (count > MOST_PERIODS)
    throw invalidRequest('/query/step', `gives ${count} sets, and at most ${MOST_PERIODS} are`)
  return Array.from(
    { length: count },
    (_, index) => new Date(start.getTime() + index * seconds * 1000),
  )
}
