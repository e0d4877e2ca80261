import type { FastifyInstance, RouteOptions } from 'fastify'
import { sendProblem } from './problem-details.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * Makes every address answer 405 with `Allow` to the methods that it does not have. Call it before the routes;
 * call what it gives after them.
 */
export function refuseOtherMethods(fastify: FastifyInstance): () => void {
  const addresses = new Map<string, RouteOptions>()
  // Hooks of inner scopes may still change the route.
  fastify.addHook('onRoute', (route) => {
    if (!route.url.includes('*')) addresses.set(route.url, route)
  })
  return () => {
    void fastify.register((scope, _options, done) => {
      for (const [url, { config }] of [...addresses]) refuse(scope, url, config?.open === true)
      done()
    })
  }
}

function refuse(fastify: FastifyInstance, url: string, open: boolean): void {
  const has = (method: (typeof METHODS)[number]): boolean => fastify.hasRoute({ method, url })
  const others = METHODS.filter((method) => !has(method))
  const allow = METHODS.filter(has).join(', ')
  if (others.length === 0 || allow === '') return
  fastify.route({
    method: others,
    url,
    config: { open, role: 'viewer', reach: 'everybody' },
    schema: { hide: true },
    // Before the body is read: whether it could be parsed does not matter.
    onRequest: (request, reply) =>
      sendProblem(
        { kind: 'method_not_allowed', detail: `this has ${allow}` },
        request,
        reply.header('allow', allow),
      ),
    handler: () => undefined,
  })
}
