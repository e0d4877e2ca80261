import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { gzipPieces, type Body } from './body.ts'
import { acceptsGzip, matches } from './negotiation.ts'

interface Delivery {
  readonly status: number
  /** Whether others may ask for it again by its ETag. */
  readonly revalidates: boolean
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * Writes a body past Fastify's `send`, which would need one buffer: a large head goes out as it lies in the
 * cache, without a copy. Answers 304 when the client has it already. A promise only where it has to compress.
 */
export function sendBody(
  body: Body,
  exchange: Exchange,
  { status, revalidates }: Delivery,
): Promise<void> | undefined {
  const { request, reply } = exchange
  addVary(reply, 'Accept-Encoding')
  void reply.header('cache-control', revalidates ? 'private, no-cache' : 'no-store')
  if (revalidates) void reply.header('etag', body.etag)
  if (revalidates && matches(request.headers['if-none-match'], body.etag)) {
    void reply.code(304).send()
    return undefined
  }
  void reply.code(status)
  if (acceptsGzip(request.headers['accept-encoding'])) return sendCompressed(body, exchange)
  writePieces([body.head, tailOf(body, request)], exchange)
  return undefined
}

const tailOf = ({ tail }: Body, request: FastifyRequest): Buffer =>
  Buffer.from(tail === null ? '' : request.id + tail)

async function sendCompressed(body: Body, exchange: Exchange): Promise<void> {
  const { request, reply } = exchange
  const compressed = await body.compressed()
  const tail = tailOf(body, request)
  if (compressed === undefined) {
    writePieces([body.head, tail], exchange)
    return
  }
  void reply.header('content-encoding', 'gzip')
  writePieces(gzipPieces(compressed, { headLength: body.head.length, tail }), exchange)
}

function addVary(reply: FastifyReply, name: string): void {
  const known = reply.getHeader('vary')
  void reply.header('vary', known === undefined ? name : `${String(known)}, ${name}`)
}

function writePieces(pieces: readonly Buffer[], { request, reply }: Exchange): void {
  let length = 0
  for (const piece of pieces) length += piece.length
  void reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('content-length', String(length))
    .hijack()
  const { raw } = reply
  raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders)
  if (request.method !== 'HEAD') for (const piece of pieces) raw.write(piece)
  raw.end()
}
