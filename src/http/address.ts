import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'

/** Who a request is from, for counting: the address, of IPv6 the /64 that one customer has. */
export function addressOf(request: FastifyRequest): string {
  // A request that was injected in a test may have no socket.
  const ip = (request.ip as string | undefined) ?? 'local'
  return ip.includes(':') ? rateLimit.normalizeIP(ip) : ip
}
