import { z } from 'zod'
import type { App, Resource } from '../../http/app.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Principal } from '../../kernel/principal.ts'
import { EVERYTHING } from '../../kernel/sight.ts'
import type { SelfMetrics } from '../../http/self-metrics.ts'
import {
  capabilitiesSchema,
  healthSchema,
  livezSchema,
  readyzSchema,
  versionSchema,
} from './schemas.ts'
import { ownOutcome, readHealth, readReadiness, type Needs } from './service.ts'

const NOTHING = z.object({})
/** For everyone, at once, as often as they like: probes and dashboards ask without credentials. */
const PROBE = {
  query: NOTHING,
  params: NOTHING,
  shelf: 'none',
  open: true,
  unlimited: true,
} as const satisfies Partial<Resource<typeof NOTHING, typeof NOTHING, z.ZodType>>

/** The routes below `/system`. */
export function systemRoutes(app: App, needs: Needs): void {
  app.resource({
    ...PROBE,
    url: '/health',
    reach: 'everybody',
    showsMore: true,
    summary: 'How the server and each cluster is',
    description: 'Status 503 when no cluster answers.',
    data: healthSchema,
    mayBeUnavailable: true,
    answer: () => readHealth(needs),
  })
  app.resource({
    ...PROBE,
    url: '/livez',
    reach: 'everybody',
    summary: 'Whether the process serves at all',
    description: 'For liveness probes: says nothing about clusters.',
    data: livezSchema,
    answer: ({ at }) => ownOutcome({ status: 'alive' as const }, at),
  })
  app.resource({
    ...PROBE,
    url: '/readyz',
    reach: 'everybody',
    summary: 'Whether requests should be sent here',
    description:
      'For readiness probes: status 503 until a cluster has answered, while none answers, and when stopping.',
    data: readyzSchema,
    mayBeUnavailable: true,
    answer: () => readReadiness(needs),
  })
  aboutRoutes(app, needs)
}

function aboutRoutes(app: App, { version, capabilities }: Needs): void {
  app.resource({
    ...PROBE,
    url: '/version',
    reach: 'everybody',
    summary: 'What runs here',
    data: versionSchema,
    answer: ({ at }) => ownOutcome(version, at),
  })
  app.resource({
    ...PROBE,
    url: '/capabilities',
    reach: 'everybody',
    showsMore: true,
    summary: 'What this server can do',
    description: 'Domains, sources with their measures, clusters, formats and limits.',
    data: capabilitiesSchema,
    answer: ({ at }) => ownOutcome(capabilities(), at),
  })
}

/** The server's own metrics, in the text format of Prometheus. */
export function metricsRoute(
  { fastify }: App,
  { metrics, scopes }: Pick<Needs, 'scopes'> & { readonly metrics: SelfMetrics },
): void {
  fastify.route({
    method: 'GET',
    url: '/metrics',
    config: { open: true, showsMore: true, rateLimit: false, reach: 'everybody' },
    schema: {
      summary: "The server's own metrics",
      description: 'For Prometheus to scrape.',
      security: [],
      response: {
        200: {
          description: 'The text format of Prometheus.',
          content: { 'text/plain': { schema: z.string() } },
        },
      },
    },
    handler: async (request, reply) => {
      if (scopes.current() !== EVERYTHING) throw notForAll(request.principal)
      return reply
        .header('content-type', metrics.contentType)
        .header('cache-control', 'no-store')
        .serializer(String)
        .send(await metrics.text())
    },
  })
}

/** They name clusters, models and policies of everybody. */
const notForAll = (principal: Principal | null): KCloudError =>
  new KCloudError(principal === null ? 'unauthorized' : 'forbidden', {
    detail:
      'these are of the whole installation: they take credentials from which nothing is hidden',
  })
