import type { FastifyInstance } from 'fastify'
import { sendProblem } from './problem-details.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

interface Known {
  readonly methods: Set<string>
  readonly open: boolean
}

/**
 * Makes every address answer 405 with `Allow` to the methods that it does not have. Call it before the routes;
 * call what it gives after them.
 */
export function refuseOtherMethods(fastify: FastifyInstance): () => void {
  const addresses = new Map<string, Known>()
  fastify.addHook('onRoute', ({ url, method, config }) => {
    const known = addresses.get(url) ?? { methods: new Set(), open: config?.open === true }
    for (const name of [method].flat()) known.methods.add(name)
    addresses.set(url, known)
  })
  return () => {
    void fastify.register((scope, _options, done) => {
      for (const [url, known] of [...addresses]) {
        if (!url.includes('*')) refuse(scope, url, known)
      }
      done()
    })
  }
}

function refuse(fastify: FastifyInstance, url: string, { methods, open }: Known): void {
  const others = METHODS.filter((method) => !methods.has(method))
  const allow = METHODS.filter((method) => methods.has(method)).join(', ')
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
