import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditEvent, NoteAudit } from '../kernel/audit.ts'
import type { Now } from '../kernel/clock.ts'
import { addressOf } from './address.ts'
import { failureOf } from './problem-details.ts'
import { PROBLEMS } from './problem-kinds.ts'

/** What writing down needs. */
export interface AuditNeeds {
  readonly now: Now
  /** Nothing is written down without it. */
  readonly audit?: NoteAudit | undefined
}

/** Writes down who was refused what, before it is answered. */
export function auditRefusals(fastify: FastifyInstance, { now, audit }: AuditNeeds): void {
  if (audit === undefined) return
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode === 403 && request.identity !== null)
      await audit(eventOf(request, { at: now(), result: 'refused', status: 403 }))
    return payload
  })
}

interface Made {
  readonly location?: string
}

/** Carries out a change, and writes down what has become of it before it is answered. */
export async function audited<Changed extends Made | undefined>(
  request: FastifyRequest,
  { now, audit }: AuditNeeds,
  work: () => Promise<Changed>,
): Promise<Changed> {
  try {
    const changed = await work()
    const made = changed?.location === undefined ? {} : { made: changed.location }
    await audit?.(eventOf(request, { at: now(), result: 'done', status: null, made }))
    return changed
  } catch (error) {
    const { status } = PROBLEMS[failureOf(error).kind]
    // A refusal is written down on its way out.
    if (status !== 403) await audit?.(eventOf(request, { at: now(), result: 'failed', status }))
    throw error
  }
}

interface Ended extends Pick<AuditEvent, 'at' | 'result' | 'status'> {
  readonly made?: object
}

/** Of the body only the name is taken: it may hold secrets. */
function eventOf(request: FastifyRequest, { at, result, status, made }: Ended): AuditEvent {
  const { identity, body, params, id, routeOptions } = request
  const named = (body ?? {}) as { readonly name?: unknown }
  return {
    at,
    who: identity?.principal.name ?? '',
    way: identity?.way ?? '',
    address: addressOf(request),
    action: `${request.method} ${(routeOptions.url ?? '').replace(/:(\w+)/g, '{$1}')}`,
    target: {
      ...(params as object),
      ...(typeof named.name === 'string' && { name: named.name.slice(0, 253) }),
      ...made,
    },
    result,
    status,
    request_id: id,
  }
}
