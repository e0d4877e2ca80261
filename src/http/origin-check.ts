import type { FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'

/**
 * Refuses pages of other origins: a browser sends a page's connections with whatever credentials it remembers, and
 * no CORS stands before a WebSocket. Clients that are no browsers send no origin. `*` among the origins, which is
 * for development, stands for pages of this machine only.
 */
export function checkOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  const { origin } = request.headers
  if (origin === undefined || allowed.includes(origin)) return
  if (URL.canParse(origin) && isAllowed(new URL(origin), request, allowed)) return
  throw new KCloudError('forbidden', {
    detail: 'pages of this origin may not open streams; CORS_ALLOW_ORIGINS lists those that may',
  })
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function isAllowed(origin: URL, request: FastifyRequest, allowed: readonly string[]): boolean {
  // Whoever ends TLS before this server leaves the host as it is, but not the scheme.
  if (origin.host === request.host) return true
  return allowed.includes('*') && LOOPBACK.has(origin.hostname)
}
