import type { FastifyInstance, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import { isAtLeast, type Role } from '../kernel/principal.ts'

/** Lets in only those whose role is at least that of the route. */
export function requireRoles(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { principal } = request
    const least = roleOf(request)
    if (principal === null || request.is404 || isAtLeast(principal.role, least)) done()
    else
      done(
        new KCloudError('forbidden', {
          detail: `this needs the role ${least}, and ${principal.name} has the role ${principal.role}`,
        }),
      )
  })
}

/** Something that changes and does not say who may is for admins. */
function roleOf({ method, routeOptions }: FastifyRequest): Role {
  const reads = method === 'GET' || method === 'HEAD'
  return routeOptions.config.role ?? (reads ? 'viewer' : 'admin')
}
