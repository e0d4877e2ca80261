import { z } from 'zod'
import type { App, ResourceRequest } from '../../http/app.ts'
import { clusterParameter, exactFilter, pageParameters } from '../../http/parameters.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { DURATION_FORMAT, parseDuration, type TimeRange } from '../../kernel/time-range.ts'
import type { Asked, Needs } from '../../services/workloads/index.ts'
import { powerOfContainers } from './containers.ts'
import { currentPower } from './current.ts'
import { EXAMPLES } from './examples.ts'
import { powerOfNodes } from './nodes.ts'
import { containersSchema, currentSchema, nodesSchema } from './schemas.ts'

const noParams = z.object({})
const namespace = exactFilter('Only pods of this namespace.')

const currentQuery = z.object({
  ...clusterParameter,
  workload: exactFilter(
    'A pod, a virtual machine, or the job, service or owner that pods belong to; also `namespace/pod` and `cluster/namespace/pod`.',
  ),
  namespace,
  time_range: z
    .string({ error: 'must be given once' })
    .max(64, { error: 'must have at most 64 characters' })
    .optional()
    .describe('A window that ends now, such as `5m`: the mean over it, and its energy.'),
})

/** The routes below `/power`. */
export function powerRoutes(app: App, needs: Needs): void {
  currentRoute(app, needs)
  listRoutes(app, needs)
}

function currentRoute(app: App, needs: Needs): void {
  app.resource({
    url: '/current',
    reach: 'namespace',
    summary: 'The power of workloads now, or over a window',
    description:
      'Attributed shares, the same as in every breakdown. Without a filter the total is that of the fleet, with what is idle and what nobody can attribute.',
    query: currentQuery,
    params: noParams,
    data: currentSchema,
    example: EXAMPLES.current,
    shelf: 'realtime',
    answer: (request) => {
      const { workload, namespace: within, time_range: text } = request.query
      const window = text === undefined ? null : { text, range: windowOf(text, request.at) }
      return currentPower(needs, askedBy(request), { workload, namespace: within, window })
    },
  })
}

function listRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/containers',
    reach: 'namespace',
    summary: 'The power of containers now',
    query: z.object({ ...clusterParameter, namespace, ...pageParameters }),
    params: noParams,
    data: containersSchema,
    example: EXAMPLES.containers,
    paged: true,
    shelf: 'realtime',
    answer: (request) => {
      const { namespace: within, limit, offset, sort } = request.query
      const page = { limit, offset, sort }
      return powerOfContainers(needs, askedBy(request), { namespace: within, page })
    },
  })
  app.resource({
    url: '/nodes',
    reach: 'cluster',
    summary: 'The power of nodes now, by component',
    query: z.object(clusterParameter),
    params: noParams,
    data: nodesSchema,
    example: EXAMPLES.nodes,
    shelf: 'realtime',
    answer: (request) => powerOfNodes(needs, askedBy(request)),
  })
}

function askedBy({
  query,
  at,
  signal,
}: ResourceRequest<{ readonly cluster?: readonly string[] | undefined }, unknown>): Asked {
  return { clusters: query.cluster, at, signal }
}

const LONGEST_SECONDS = 31 * 86_400
const MOST_STEPS = 120
const SHORTEST_STEP_SECONDS = 15

/** The window before now, in whole steps. */
function windowOf(text: string, at: Date): TimeRange {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw invalidRequest('/query/time_range', `must be ${DURATION_FORMAT}`)
  if (seconds < SHORTEST_STEP_SECONDS || seconds > LONGEST_SECONDS)
    throw invalidRequest('/query/time_range', 'must be from 15s to 31d')
  const stepSeconds = Math.max(SHORTEST_STEP_SECONDS, Math.ceil(seconds / MOST_STEPS))
  const steps = Math.ceil(seconds / stepSeconds)
  const end = Math.floor(at.getTime() / 1000 / stepSeconds) * stepSeconds
  return {
    start: new Date((end - steps * stepSeconds) * 1000),
    end: new Date(end * 1000),
    stepSeconds,
  }
}
