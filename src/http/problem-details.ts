import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  isBackendError,
  KCloudError,
  type FieldError,
  type SizeEstimate,
} from '../kernel/errors.ts'
import { PROBLEMS, problemType, type ProblemKind } from './problem-kinds.ts'
import { pathOf } from './request-path.ts'

/** RFC 9457, with the request id that the log knows the failure by. */
export const problemSchema = z
  .object({
    type: z.string().describe('The kind of problem, as an address that explains it.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().describe('The path that was asked for.'),
    request_id: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe('The wrong parts of the request, each by a pointer such as `/query/step`.'),
    candidates: z
      .array(z.string())
      .optional()
      .describe('What the caller can choose between, when a name is ambiguous.'),
    estimate: z
      .object({
        rows: z.int(),
        bytes: z.int(),
        limit_rows: z.int(),
        limit_bytes: z.int(),
        suggestion: z.string(),
      })
      .optional()
      .describe('How much the answer would come to, what is allowed, and what would fit.'),
  })
  .meta({ id: 'Problem' })

export type Problem = z.output<typeof problemSchema>

/** What is told of a failure; a `KCloudError` is one. */
export interface Failure {
  readonly kind: ProblemKind
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly candidates?: readonly string[]
  readonly retryAfterSeconds?: number | undefined
  readonly estimate?: SizeEstimate | undefined
}

/** How another system says that something went wrong. */
export interface Language {
  /** What stands for a problem: its status, and the body. */
  say(problem: Problem): { readonly status: number; readonly body: object }
  readonly mediaType: string
  /** The schema of what `say` gives. */
  readonly schema: z.ZodType
  /** The statuses that it gives, for the documentation, and what they mean. */
  readonly statuses: Readonly<Record<number, string>>
}

const OWN_LANGUAGE: Pick<Language, 'say' | 'mediaType'> = {
  say: (problem) => ({ status: problem.status, body: problem }),
  mediaType: 'application/problem+json',
}

/** The problem document of a failure. */
export function problemOf(
  { kind, detail, errors = [], candidates = [], estimate }: Failure,
  where: { readonly path: string; readonly requestId: string },
): Problem {
  const { status, title, meaning } = PROBLEMS[kind]
  return {
    type: problemType(kind),
    title,
    status,
    detail: detail ?? meaning.replaceAll('`', ''),
    instance: where.path,
    request_id: where.requestId,
    ...(errors.length > 0 && { errors: [...errors] }),
    ...(candidates.length > 0 && { candidates: [...candidates] }),
    ...(estimate !== undefined && { estimate }),
  }
}

/** The problem document of whatever was thrown. */
export function problemOfError(
  error: unknown,
  where: { readonly path: string; readonly requestId: string },
): Problem {
  return problemOf(failureOf(error), where)
}

/** Answers a request with the problem of what went wrong, and logs what the reader of the log should see. */
export const answerError = answerErrorIn(OWN_LANGUAGE)

/** Likewise, in the words of another system. */
export function answerErrorIn(language: Pick<Language, 'say' | 'mediaType'>) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    if (reply.raw.destroyed) {
      // Whoever asked has gone, which is most often the reason for the error.
      void reply.hijack()
      return
    }
    const failure = failureOf(error)
    if (failure.kind === 'internal') request.log.error({ err: error }, 'answer the request')
    else if (isBackendError(error)) request.log.warn({ err: error }, 'ask the clusters')
    send(failure, { request, reply, language })
  }
}

/** Answers a request with a problem. */
export function sendProblem(failure: Failure, request: FastifyRequest, reply: FastifyReply): void {
  send(failure, { request, reply, language: OWN_LANGUAGE })
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly language: Pick<Language, 'say' | 'mediaType'>
}

function send(failure: Failure, { request, reply, language }: Exchange): void {
  const problem = problemOf(failure, { path: pathOf(request.raw.url), requestId: request.id })
  const wait = failure.retryAfterSeconds
  if (wait !== undefined) void reply.header('retry-after', String(Math.max(1, Math.ceil(wait))))
  const { status, body } = language.say(problem)
  void reply
    .code(status)
    .header('content-type', language.mediaType)
    .header('cache-control', 'no-store')
    .serializer(JSON.stringify)
    .send(body)
}

/** What Fastify and its parsers call their failures. */
const FASTIFY_KINDS: ReadonlyMap<unknown, ProblemKind> = new Map([
  ['FST_ERR_BAD_URL', 'malformed_request'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed_request'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'uri_too_long'],
  ['FST_ERR_NOT_FOUND', 'not_found'],
])

/** An error that nobody threw on purpose gives nothing away but its kind. */
export function failureOf(error: unknown): Failure {
  if (error instanceof KCloudError) return error
  if (!(error instanceof Error)) return { kind: 'internal' }
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const known = FASTIFY_KINDS.get(code)
  if (known !== undefined) return { kind: known }
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500)
    return { kind: 'internal' }
  const detail = 'the body must be JSON'
  return { kind: 'invalid_request', detail, errors: [{ pointer: '/body', detail: 'must be JSON' }] }
}
