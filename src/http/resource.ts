import { setMaxListeners } from 'node:events'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ClusterReport } from '../kernel/answer.ts'
import { KCloudError } from '../kernel/errors.ts'
import { MOST_QUESTIONS, type Answers } from './answers.ts'
import type { AnswerShelf, Resource, ResourceRequest } from './app.ts'
import { keptBytes } from './body.ts'
import { answered, type Answered, type EnvelopeOptions } from './envelope.ts'
import { partialParameters } from './parameters.ts'
import { resourceDocs } from './resource-docs.ts'
import { sendBody } from './send-body.ts'
import type { Ticks } from './ticks.ts'

/** What every resource of one server needs. */
export interface ResourceContext extends EnvelopeOptions {
  readonly ticks: Ticks
  readonly ttlSeconds: Readonly<Record<Exclude<AnswerShelf, 'none'>, number>>
  readonly answers: Answers<Answered>
  /** Changes with everything else that changes answers, such as the list of clusters. */
  revision(): number | string
}

/** A resource whose schemas are no longer told apart: what the route has checked already. */
type AnyResource = Resource<z.ZodObject, z.ZodObject, z.ZodType>
type Parsed = ResourceRequest<Record<string, unknown>, Record<string, unknown>>

/** Mounts a resource: its route, its documentation, and the way from the request to the bytes. */
export function mountResource(
  fastify: FastifyInstance,
  resource: AnyResource,
  context: ResourceContext,
): void {
  const query = z.strictObject({
    ...resource.query.shape,
    ...partialParameters(resource.partial ?? 'allow'),
  })
  fastify.route({
    method: 'GET',
    url: resource.url === '/' ? '' : resource.url,
    config: {
      open: resource.open ?? false,
      ...(resource.unlimited === true && { rateLimit: false }),
    },
    schema: { querystring: query, params: resource.params, ...resourceDocs(resource) },
    handler: (request, reply) => serve({ resource, context, request, reply }),
  })
}

interface Call {
  readonly resource: AnyResource
  readonly context: ResourceContext
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

async function serve(call: Call): Promise<void> {
  // The route's schema has made it so.
  const { partial, ...query } = call.request.query as { readonly partial: 'allow' | 'deny' }
  const found = await find(call, query)
  if (!found.complete && partial === 'deny') throw partialRefused(found.clusters)
  await sendBody(found.body, call, {
    status: found.status,
    revalidates: found.complete && found.status === 200,
  })
}

function find(
  { resource, context, request, reply }: Call,
  query: Record<string, unknown>,
): Promise<Answered> | Answered {
  const ttlSeconds = resource.shelf === 'none' ? 0 : context.ttlSeconds[resource.shelf]
  const at = context.ticks(ttlSeconds)
  const params = request.params as Record<string, unknown>
  const make = (until: AbortSignal) =>
    answer(resource, { query, params, at, signal: until }, context)
  if (ttlSeconds === 0) return make(signalOf(reply))
  const key = [
    request.routeOptions.url,
    at.getTime(),
    context.revision(),
    JSON.stringify([params, query]),
  ].join(' ')
  return context.answers.get({ key, ttlSeconds, make, bytes: storable }, () => signalOf(reply))
}

async function answer(
  resource: AnyResource,
  parsed: Parsed,
  context: ResourceContext,
): Promise<Answered> {
  return answered(await resource.answer(parsed), resource.data, context)
}

function storable({ complete, status, body }: Answered): number | undefined {
  return complete && status === 200 ? keptBytes(body) : undefined
}

function partialRefused(clusters: readonly ClusterReport[]): KCloudError {
  const silent = clusters
    .filter(({ status }) => status !== 'ok')
    .map(({ name, status }) => `${name} (${status})`)
  return new KCloudError('partial_refused', {
    detail: `no complete answer from ${silent.join(', ')}; partial=allow gives what there is`,
  })
}

/** Ends when the connection does before the answer is out. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  setMaxListeners(MOST_QUESTIONS, controller.signal)
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
