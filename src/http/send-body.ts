import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { gzipPieces, type Body } from './body.ts'
import { acceptsGzip, matches } from './negotiation.ts'

interface Delivery {
  readonly status: number
  /** Whether others may ask for it again by its ETag. */
  readonly revalidates: boolean
}

/**
 * Writes a body past Fastify's `send`, which would need one buffer: a large head goes out as it lies in the
 * cache, without a copy. Answers 304 when the client has it already.
 */
export async function sendBody(
  body: Body,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { status, revalidates }: Delivery,
): Promise<void> {
  addVary(reply, 'Accept-Encoding')
  void reply.header('cache-control', revalidates ? 'private, no-cache' : 'no-store')
  if (revalidates) void reply.header('etag', body.etag)
  if (revalidates && matches(request.headers['if-none-match'], body.etag)) {
    void reply.code(304).send()
    return
  }
  const tail = Buffer.from(request.id + body.tail)
  const compressed = acceptsGzip(request.headers['accept-encoding'])
    ? await body.compressed()
    : undefined
  if (compressed !== undefined) void reply.header('content-encoding', 'gzip')
  const pieces =
    compressed === undefined
      ? [body.head, tail]
      : gzipPieces(compressed, { headLength: body.head.length, tail })
  writePieces(pieces, reply.code(status), request.method === 'HEAD')
}

function addVary(reply: FastifyReply, name: string): void {
  const known = reply.getHeader('vary')
  void reply.header('vary', known === undefined ? name : `${String(known)}, ${name}`)
}

function writePieces(pieces: readonly Buffer[], reply: FastifyReply, headOnly: boolean): void {
  let length = 0
  for (const piece of pieces) length += piece.length
  void reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('content-length', String(length))
    .hijack()
  const { raw } = reply
  raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders)
  if (!headOnly) for (const piece of pieces) raw.write(piece)
  raw.end()
}
