import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import { addressOf } from './address.ts'
import type { Lifecycle } from './lifecycle.ts'
import { pathOf } from './request-path.ts'
import type { SecurityHeaders } from './security-headers.ts'
import type { SelfMetrics } from './self-metrics.ts'

/** Puts on every reply, whatever becomes of it, the id of its request and what keeps browsers safe. */
export function setCommonHeaders(fastify: FastifyInstance, headers: SecurityHeaders): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id)
    done()
  })
}

/** Takes nothing new on a connection that is still open while the server stops. */
export function refuseWhenStopping(fastify: FastifyInstance, lifecycle: Lifecycle): void {
  fastify.addHook('preClose', (done) => {
    lifecycle.stop()
    done()
  })
  fastify.addHook('onRequest', (_request, reply, done) => {
    if (!lifecycle.stopping) {
      done()
      return
    }
    void reply.header('connection', 'close')
    done(new KCloudError('stopping', { detail: 'the server is stopping', retryAfterSeconds: 5 }))
  })
  // A connection that was busy when the server closed would be kept alive for another request.
  fastify.addHook('onResponse', (_request, _reply, done) => {
    if (lifecycle.stopping) setImmediate(() => fastify.server.closeIdleConnections())
    done()
  })
}

/** Counts every request and writes one line about it, when it has been answered. */
export function accountForRequests(fastify: FastifyInstance, metrics: SelfMetrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    accountFor({ request, reply, address: addressOf(request) }, metrics)
    done()
  })
}

interface Answered {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly address: string
}

/** Counts one request and writes its line. */
export function accountFor(
  { request, reply, address }: Answered,
  metrics: Pick<SelfMetrics, 'request'>,
): void {
  metrics.request({
    method: request.method,
    route: request.routeOptions.url ?? 'unmatched',
    status: reply.statusCode,
    seconds: reply.elapsedTime / 1000,
  })
  request.log.info(
    {
      method: request.method,
      path: pathOf(request.raw.url),
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      address,
      user: request.principal?.name ?? null,
    },
    'request',
  )
}
