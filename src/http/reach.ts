import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import { NOBODY } from '../kernel/principal.ts'
import { EVERYTHING, reaches, sightOf, type Sight, type Sighted } from '../kernel/sight.ts'

export interface ReachNeeds {
  readonly scopes: Sighted
  /** What is shown to those who do not say who they are, where that is allowed; everything without it. */
  readonly anonymous?: Sight | undefined
}

/**
 * Refuses who may not ask a route, before anything else is looked at: the answer is the same whatever there is. Whoever
 * may is answered within what may be seen. A route that declares nothing is for those from whom nothing is hidden.
 */
export function heedReaches(fastify: FastifyInstance, { scopes, anonymous }: ReachNeeds): void {
  let isAnybodyScoped = false
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { principal, is404 } = request
    isAnybodyScoped ||= principal !== null && principal.scope !== null
    const { reach = 'admin' } = request.routeOptions.config
    if (is404 || principal === null || reaches(principal.scope, reach)) done()
    else done(TOO_NARROW[reach]())
  })
  // Who may not see something could ask without saying so.
  const sightFor = (request: FastifyRequest): Sight =>
    request.principal === null && !isAnybodyScoped ? (anonymous ?? EVERYTHING) : sightIn(request)
  // After the body was read, which is events of the connection, and not of the request.
  fastify.addHook('preHandler', (request, _reply, done) => scopes.within(sightFor(request), done))
}

/** What an answer may show. */
export function sightIn({ principal, routeOptions }: FastifyRequest): Sight {
  const { scope } = principal ?? NOBODY
  return sightOf(scope, routeOptions.config.reach ?? 'admin')
}

const forbidden = (detail: string) => (): KCloudError => new KCloudError('forbidden', { detail })

const ofEverything = forbidden(
  'this is about the whole installation: it takes credentials from which nothing is hidden',
)

const TOO_NARROW = {
  cluster: forbidden('this shows whole clusters: it takes a grant for all of a cluster'),
  admin: ofEverything,
  namespace: ofEverything,
  everybody: ofEverything,
}

/** No route of a domain is without its reach, which the documentation shows. */
export function declareReach(route: RouteOptions): void {
  const reach = route.config?.reach
  if (reach === undefined)
    throw new TypeError(`${String(route.method)} ${route.url} does not say whom it is for`)
  // Fastify knows nothing of what the documentation adds.
  route.schema = { ...route.schema, 'x-reach': reach } as object
}
