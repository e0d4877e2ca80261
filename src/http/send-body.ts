import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { gzipPieces, type Body } from './body.ts'
import { acceptsGzip, matches } from './negotiation.ts'

/** Up to this size, one copy is cheaper than another write. */
const LARGEST_COPY = 65_536

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
  const headers: Headers = {
    ...reply.getHeaders(),
    'cache-control': revalidates ? 'private, no-cache' : 'no-store',
    vary: withVary(reply.getHeader('vary')),
    ...(revalidates && { etag: body.etag }),
  }
  if (revalidates && matches(request.headers['if-none-match'], body.etag)) {
    reply.hijack()
    reply.raw.writeHead(304, headers).end()
    return
  }
  const { pieces, encoding } = await piecesOf(body, request)
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  reply.hijack()
  reply.raw.writeHead(status, {
    ...headers,
    ...encoding,
    'content-type': 'application/json; charset=utf-8',
    'content-length': length,
  })
  if (request.method === 'HEAD') reply.raw.end()
  else writePieces(reply.raw, pieces, length)
}

type Headers = Record<string, number | string | string[] | undefined>

async function piecesOf(
  body: Body,
  request: FastifyRequest,
): Promise<{ readonly pieces: readonly Buffer[]; readonly encoding: Headers }> {
  const tail = Buffer.from(request.id + body.tail)
  const gzip = acceptsGzip(request.headers['accept-encoding'])
  const compressed = gzip ? await body.compressed() : undefined
  if (compressed === undefined) return { pieces: [body.head, tail], encoding: {} }
  const pieces = gzipPieces(compressed, { headLength: body.head.length, tail })
  return { pieces, encoding: { 'content-encoding': 'gzip' } }
}

function writePieces(raw: ServerResponse, pieces: readonly Buffer[], length: number): void {
  if (length <= LARGEST_COPY) {
    raw.end(Buffer.concat(pieces, length))
    return
  }
  for (const piece of pieces) raw.write(piece)
  raw.end()
}

function withVary(known: number | string | string[] | undefined): string {
  return known === undefined ? 'Accept-Encoding' : `${String(known)}, Accept-Encoding`
}
