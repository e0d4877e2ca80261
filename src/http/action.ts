import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { actionDocs } from './action-docs.ts'
import type { Action, ActionRequest } from './app.ts'
import { audited, type AuditNeeds } from './audit.ts'
import { answered } from './envelope.ts'
import { signalOf, type ResourceContext } from './resource.ts'
import { sendBody } from './send-body.ts'

/** An action whose schemas are no longer told apart: what the route has checked already. */
type AnyAction = Action<z.ZodObject, z.ZodType | null, z.ZodType | null>

/** What every action of one server needs. */
export interface ActionContext extends ResourceContext, AuditNeeds {}

/** Mounts an action: its route, its documentation, and the way from the request to the reply. */
export function mountAction(
  fastify: FastifyInstance,
  action: AnyAction,
  context: ActionContext,
): void {
  fastify.route({
    method: action.method,
    url: action.url === '/' ? '' : action.url,
    config: { role: action.role ?? 'operator', reach: action.reach },
    schema: {
      querystring: z.strictObject({}),
      params: action.params,
      ...(action.body !== null && { body: strict(action.body) }),
      ...(action.conditional === true && { headers: conditionalHeaders }),
      ...actionDocs(action),
    },
    handler: (request, reply) =>
      carryOut({ action, context, request, reply, prefix: fastify.prefix }),
  })
}

const conditionalHeaders = z.object({
  'if-match': z
    .string()
    .max(200)
    .optional()
    .describe('The `ETag` of what is to be changed; 412 when it is at another version.'),
})

const isAudited = ({ role, audited: said }: AnyAction): boolean => said ?? role !== 'viewer'

/** What a body says that nobody reads is a mistake of the caller, which is better told. */
function strict(body: z.ZodType): z.ZodType {
  return body instanceof z.ZodObject ? body.strict() : body
}

interface Call {
  readonly action: AnyAction
  readonly context: ActionContext
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly prefix: string
}

async function carryOut(call: Call): Promise<void> {
  const { action, context, request, reply } = call
  const asked = requestOf(call)
  const work = () => action.carryOut(asked)
  const changed = await (isAudited(action) ? audited(request, context, work) : work())
  if (action.data === null || changed === undefined) {
    void reply.code(204).header('cache-control', 'no-store').send()
    return
  }
  const { body } = answered(changed, action.data, context)
  if (changed.etag !== undefined) void reply.header('etag', changed.etag)
  if (changed.location !== undefined) void reply.header('location', call.prefix + changed.location)
  const status = statusOf(action)
  await sendBody(body, { request, reply }, { status, revalidates: false })
}

function statusOf({ creates = false, accepts = false }: AnyAction): number {
  if (accepts) return 202
  return creates ? 201 : 200
}

function requestOf({
  context,
  request,
  reply,
}: Call): ActionRequest<unknown, Record<string, unknown>> {
  const { identity } = request
  if (identity === null) throw new TypeError('an action must not be open')
  return {
    body: request.body,
    // The route's schema has made it so.
    params: request.params as Record<string, unknown>,
    user: identity.principal.name,
    principal: identity.principal,
    identity,
    ifMatch: request.headers['if-match'] ?? null,
    at: context.ticks(0),
    signal: signalOf(reply),
  }
}
