import { setMaxListeners } from 'node:events'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ClusterReport } from '../kernel/answer.ts'
import { KCloudError } from '../kernel/errors.ts'
import { NOBODY, scopeKey } from '../kernel/principal.ts'
import { MOST_QUESTIONS, type Answers } from './answers.ts'
import type { Resource, ResourceRequest } from './app.ts'
import { keptBytes } from './body.ts'
import { answered, type Answered, type EnvelopeOptions } from './envelope.ts'
import { partialParameters } from './parameters.ts'
import { questionReader, type Question } from './question.ts'
import { resourceDocs } from './resource-docs.ts'
import { sendBody } from './send-body.ts'
import type { AnswerShelf } from './shelf.ts'
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
  const read = questionReader({ query, params: resource.params })
  fastify.route({
    method: 'GET',
    url: resource.url === '/' ? '' : resource.url,
    config: {
      open: resource.open ?? false,
      role: resource.role ?? 'viewer',
      reach: resource.reach,
      showsMore: resource.showsMore ?? false,
      ...(resource.unlimited === true && { rateLimit: false }),
    },
    schema: { querystring: query, params: resource.params, ...resourceDocs(resource) },
    // The schemas are there for the documentation: the reader remembers what it has checked.
    validatorCompiler: () => () => true,
    handler: (request, reply) =>
      serve({ resource, context, request, reply, question: read(request) }),
  })
}

interface Call {
  readonly resource: AnyResource
  readonly context: ResourceContext
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly question: Question
}

/** A ready answer goes out at once: waiting for what is there would cost another turn. */
function serve(call: Call): Promise<void> | undefined {
  const found = find(call)
  return found instanceof Promise ? found.then((made) => deliver(made, call)) : deliver(found, call)
}

function deliver(
  { body, complete, status, clusters }: Answered,
  call: Call,
): Promise<void> | undefined {
  if (!complete && call.question.partial === 'deny') throw partialRefused(clusters)
  return sendBody(body, call, { status, revalidates: complete && status === 200 })
}

function find({ resource, context, request, reply, question }: Call): Promise<Answered> | Answered {
  const ttlSeconds = resource.shelf === 'none' ? 0 : context.ttlSeconds[resource.shelf]
  const at = context.ticks(ttlSeconds)
  const { query, params } = question
  const principal = request.principal ?? NOBODY
  const user = ttlSeconds === 0 ? (request.principal?.name ?? null) : null
  const identity = ttlSeconds === 0 ? request.identity : null
  const make = (until: AbortSignal) =>
    answer(resource, { query, params, user, principal, identity, at, signal: until }, context)
  if (ttlSeconds === 0) return make(signalOf(reply))
  const key = `${at.getTime()} ${context.revision()} ${question.key} ${scopeKey(principal.scope)}`
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
