import type { FastifyInstance } from 'fastify'
import { sendProblem } from './problem-details.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * Makes every address answer 405 with `Allow` to the methods that it does not have. Call it before the routes;
 * call what it gives after them.
 */
export function refuseOtherMethods(fastify: FastifyInstance): () => void {
  const addresses = new Map<string, boolean>()
  fastify.addHook('onRoute', ({ url, config }) => {
    if (!url.includes('*')) addresses.set(url, config?.open === true)
  })
  return () => {
    void fastify.register((scope, _options, done) => {
      for (const [url, open] of [...addresses]) refuse(scope, url, open)
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
    config: { open },
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
