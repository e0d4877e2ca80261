import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { isComplete } from '../kernel/answer.ts'
import { NOBODY, scopeKey } from '../kernel/principal.ts'
import { keptBytes, plainBody } from './body.ts'
import type { Answered } from './envelope.ts'
import type { Foreign, ForeignRequest } from './foreign.ts'
import { answerErrorIn } from './problem-details.ts'
import { signalOf, type ResourceContext } from './resource.ts'
import { sendBody } from './send-body.ts'
import type { AnswerShelf } from './shelf.ts'
import { checker } from './validation.ts'
import { writeJson } from './wire.ts'

/** A route whose schemas are no longer told apart: what it reads has been checked already. */
type AnyForeign = Foreign<z.ZodObject, z.ZodType | null, z.ZodType>
type Asked = Pick<ForeignRequest<Record<string, unknown>, unknown>, 'query' | 'params' | 'body'>

/** Mounts a route in the language of another system: its documentation, and the way from the request to the bytes. */
export function mountForeign(
  fastify: FastifyInstance,
  route: AnyForeign,
  context: ResourceContext,
): void {
  const { method, url, language, form = false } = route
  if (form) takeForms(fastify)
  const read = reader(route)
  fastify.route({
    method,
    url: url === '/' ? '' : url,
    // Whatever its method, it only reads.
    config: { role: 'viewer', reach: route.reach },
    schema: {
      querystring: route.query,
      ...(route.params !== undefined && { params: route.params }),
      ...(route.body !== null && { body: route.body }),
      ...foreignDocs(route),
    },
    // The schemas are there for the documentation: what is not in them is left alone.
    validatorCompiler: () => (value: unknown) => ({ value }),
    errorHandler: answerErrorIn(language),
    handler: (request, reply) => serve({ route, context, request, reply, asked: read(request) }),
  })
}

/** Forms come only to routes that change nothing: a page of another origin can have a browser send one. */
function takeForms(fastify: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  if (fastify.hasContentTypeParser(type)) return
  fastify.addContentTypeParser(type, { parseAs: 'string' }, (_request, text, done) => {
    const names = new URLSearchParams(String(text))
    const entries = [...new Set(names.keys())].map((name) => {
      const values = names.getAll(name)
      return [name, values.length === 1 ? values[0] : values] as const
    })
    done(null, Object.fromEntries(entries))
  })
}

function reader({ query, body, params }: AnyForeign): (request: FastifyRequest) => Asked {
  const checkQuery = checker(query, '/query')
  const checkParams = params === undefined ? undefined : checker(params, '/path')
  const checkBody = body === null ? undefined : checker(body, '/body')
  return (request) => ({
    query: checkQuery(request.query) as Asked['query'],
    params: (checkParams?.(request.params) ?? {}) as Asked['params'],
    body: checkBody === undefined ? {} : checkBody(request.body ?? {}),
  })
}

interface Call {
  readonly route: AnyForeign
  readonly context: ResourceContext
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly asked: Asked
}

async function serve(call: Call): Promise<void> {
  const { request, reply } = call
  const { body, status } = await find(call)
  await sendBody(body, { request, reply }, { status, revalidates: false })
}

function find(call: Call): Promise<Answered> | Answered {
  const { route, context, request, reply, asked } = call
  const at = (shelf: AnswerShelf): Date => context.ticks(lifeOf(context, shelf))
  const ttlSeconds = lifeOf(context, route.shelf)
  const make = (signal: AbortSignal) => answer(call, { at, signal })
  if (ttlSeconds === 0) return make(signalOf(reply))
  const { scope } = request.principal ?? NOBODY
  const question = JSON.stringify([route.method, request.routeOptions.url, asked, scopeKey(scope)])
  const key = `${at(route.shelf).getTime()} ${context.revision()} ${question}`
  return context.answers.get({ key, ttlSeconds, make, bytes: storable }, () => signalOf(reply))
}

const lifeOf = ({ ttlSeconds }: ResourceContext, shelf: AnswerShelf): number =>
  shelf === 'none' ? 0 : ttlSeconds[shelf]

async function answer(
  { route, context, request, asked }: Call,
  { at, signal }: Pick<ForeignRequest<unknown, unknown>, 'at' | 'signal'>,
): Promise<Answered> {
  const principal = request.principal ?? NOBODY
  const user = route.shelf === 'none' ? principal.name : null
  // What the route takes is what its own schemas made.
  const question = { ...asked, user, principal, at, signal } as Parameters<AnyForeign['answer']>[0]
  const { data, clusters } = await route.answer(question)
  const text = writeJson(route.data, data, context.strict)
  return { body: plainBody(text), complete: isComplete({ clusters }), status: 200, clusters }
}

function storable({ complete, body }: Answered): number | undefined {
  return complete ? keptBytes(body) : undefined
}

function foreignDocs(route: AnyForeign): Readonly<Record<string, unknown>> {
  const { summary, description, data, example, bodyExample, language, form = false } = route
  const [mediaType = ''] = language.mediaType.split(';')
  const failures = Object.entries(language.statuses).map(([status, meaning]) => [
    status,
    { description: meaning, content: { [mediaType]: { schema: language.schema } } },
  ])
  return {
    summary,
    ...(description !== undefined && { description }),
    ...(form && { consumes: ['application/x-www-form-urlencoded'] }),
    'x-foreign': true,
    ...(example !== undefined && { 'x-example': example }),
    ...(bodyExample !== undefined && { 'x-body-example': bodyExample }),
    response: {
      200: { description: 'The answer.', content: { 'application/json': { schema: data } } },
      ...Object.fromEntries(failures),
    },
  }
}
