import { LogController, type FastifyServerOptions, type FastifyRequest } from 'fastify'
import type { LogStream } from './log-stream.ts'
import { pathOf } from './request-path.ts'

export interface LogOptions {
  readonly level: string
  readonly stream: LogStream
}

type LoggerOptions = Exclude<FastifyServerOptions['logger'], boolean | undefined>

/** Names whose values are never written. */
const SECRET_NAMES = ['authorization', 'cookie', 'password', 'ticket', 'token', 'bearer_token']
/** Where such names may stand in what is logged. Wildcards would make every line three times as dear. */
const PLACES = [
  '',
  'headers.',
  'req.headers.',
  'request.headers.',
  'query.',
  'body.',
  'credentials.',
]

/** JSON lines with ISO times and level names, and without secrets: no headers, no query strings, no passwords. */
export function loggerOptions({ level, stream }: LogOptions): LoggerOptions {
  return {
    level,
    stream,
    timestamp: clockText(),
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_NAMES.flatMap((name) => PLACES.map((place) => place + name)),
      censor: '[redacted]',
    },
    serializers: {
      req: (request: FastifyRequest) => ({
        method: request.method,
        path: pathOf(request.raw.url),
      }),
      err: (error: unknown) => describeError(error, 0),
    },
  }
}

/** The time as pino puts it into a line; many lines share a millisecond, and writing it down takes time. */
function clockText(): () => string {
  let [last, text] = [Number.NaN, '']
  return () => {
    const now = Date.now()
    if (now !== last) text = `,"time":"${new Date(now).toISOString()}"`
    last = now
    return text
  }
}

/** Fastify's own lines, but for the two of each request, in place of which there is one at its end. */
export function quietLogController(): LogController {
  const controller = new LogController({ requestIdLogLabel: 'request_id' })
  controller.incomingRequest = () => undefined
  controller.requestCompleted = () => undefined
  return controller
}

interface ErrorLine {
  readonly [field: string]: unknown
  readonly type: string
  readonly message: string
  readonly stack: string
}

const DEEPEST_CAUSE = 5

/** An error for the log, with its causes, and without what they may quote of an address. */
function describeError(error: unknown, depth: number): ErrorLine {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error', stack: '' }
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    ...(code !== undefined && { code }),
    stack: withoutSecrets(error.stack ?? ''),
    ...(cause instanceof Error &&
      depth < DEEPEST_CAUSE && { cause: describeError(cause, depth + 1) }),
  }
}

/** The text without the user part and the query of the addresses in it. */
function withoutSecrets(text: string): string {
  return text
    .replace(/\/\/[^/@\s]*@/g, '//[redacted]@')
    .replace(/(\b(?:https?|wss?):\/\/[^\s?'"]*)\?[^\s'"]*/g, '$1?[redacted]')
}
