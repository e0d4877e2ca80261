import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerError, problemOf } from './problem-details.ts'
import type { ProblemKind } from './problem-kinds.ts'

/** Answers addresses that the router cannot read; no hook runs for them. */
export function answerBadAddress(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
  answerError(error, request, reply)
}

const KINDS: ReadonlyMap<string | undefined, ProblemKind> = new Map([
  ['HPE_HEADER_OVERFLOW', 'headers_too_large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'request_timeout'],
])

/** Answers what is no HTTP request, or none that ends, and closes the connection. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const kind = KINDS.get(error.code) ?? 'malformed_request'
  const problem = problemOf({ kind }, { path: '/', requestId: randomUUID() })
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${problem.request_id}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
