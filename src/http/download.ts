import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NOBODY } from '../kernel/principal.ts'
import type { Accepted, Download, DownloadRequest } from './app.ts'
import { answered, envelopeSchema } from './envelope.ts'
import { partialParameters } from './parameters.ts'
import { questionReader, type Question } from './question.ts'
import { signalOf, type ResourceContext } from './resource.ts'
import { sendBody } from './send-body.ts'
import { sendFile } from './send-file.ts'
import { sendStream } from './send-stream.ts'

/** A download whose schemas are no longer told apart: what the route has checked already. */
type AnyDownload = Download<z.ZodObject, z.ZodObject>

/** Mounts a download: its route, its documentation, and the way from the request to the bytes. */
export function mountDownload(
  fastify: FastifyInstance,
  download: AnyDownload,
  context: ResourceContext,
): void {
  const { partial, params } = download
  const query = z.strictObject({
    ...download.query.shape,
    ...(partial !== undefined && partialParameters(partial)),
  })
  const read = questionReader({ query, params })
  fastify.route({
    method: 'GET',
    url: download.url,
    config: { role: 'viewer', reach: download.reach },
    schema: { querystring: query, params, ...docsOf(download) },
    validatorCompiler: () => () => true,
    handler: (request, reply) =>
      serve({
        download,
        context,
        request,
        reply,
        question: read(request),
        prefix: fastify.prefix,
      }),
  })
}

interface Call {
  readonly download: AnyDownload
  readonly context: ResourceContext
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly question: Question
  readonly prefix: string
}

async function serve(call: Call): Promise<void> {
  const { download, request, reply } = call
  const answer = await download.answer(requestOf(call))
  if (answer.kind === 'streamed') await sendStream(answer, { request, reply })
  else if (answer.kind === 'stored') await sendFile(answer, { request, reply })
  else await sendAccepted(answer, call)
}

function requestOf({
  context,
  request,
  reply,
  question,
}: Call): DownloadRequest<Record<string, unknown>, Record<string, unknown>> {
  const { query, params, partial } = question
  return {
    query,
    params,
    partial,
    user: request.principal?.name ?? null,
    principal: request.principal ?? NOBODY,
    identity: request.identity,
    requestId: request.id,
    at: context.ticks(0),
    signal: signalOf(reply),
    respondAsync: prefersAsync(request.headers['prefer']),
  }
}

/** `Prefer` is a list of preferences with parameters (RFC 7240, section 2). */
function prefersAsync(header: string | string[] | undefined): boolean {
  const preferences = String(header ?? '').split(',')
  return preferences.some((preference) => /^\s*respond-async\s*(?:;|$)/i.test(preference))
}

async function sendAccepted(
  { location, outcome }: Accepted,
  { download, context, request, reply, prefix }: Call,
): Promise<void> {
  const { body } = answered(outcome, download.accepted ?? z.unknown(), context)
  void reply.header('location', prefix + location).header('preference-applied', 'respond-async')
  await sendBody(body, { request, reply }, { status: 202, revalidates: false })
}

/** What the documentation says of a download. */
function docsOf(download: AnyDownload): Readonly<Record<string, unknown>> {
  const { summary, description, content, accepted, example } = download
  const kinds = Object.entries(content).map(([type, schema]) => [type, { schema }] as const)
  return {
    summary,
    ...(description !== undefined && { description }),
    ...(example !== undefined && { 'x-example': example }),
    ...(download.mayBeTooLarge === true && { 'x-may-be-too-large': true }),
    response: {
      200: { description: 'The file.', content: Object.fromEntries(kinds) },
      ...(accepted !== undefined && {
        202: {
          description: 'It is made later; `Location` is where its progress is told.',
          content: { 'application/json': { schema: envelopeSchema(accepted, false) } },
        },
      }),
    },
  }
}
