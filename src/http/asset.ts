import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptsGzip, matches } from './negotiation.ts'

const compress = promisify(gzip)

/** A file or page that is the same for everybody as long as the server runs. */
export interface Asset {
  readonly type: string
  readonly bytes: Buffer
  readonly etag: string
  gzipped(): Promise<Buffer>
}

export function assetOf(type: string, content: string | Buffer): Asset {
  const bytes = Buffer.from(content)
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 27)
  let gzipped: Promise<Buffer> | undefined
  return { type, bytes, etag: `W/"${hash}"`, gzipped: () => (gzipped ??= compress(bytes)) }
}

/** Sends an asset, compressed where the client can read that, or 304 when the client has it. */
export async function sendAsset(
  asset: Asset,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  void reply
    .header('etag', asset.etag)
    .header('cache-control', 'public, no-cache')
    .header('vary', 'Accept-Encoding')
  if (matches(request.headers['if-none-match'], asset.etag)) return reply.code(304).send()
  void reply.header('content-type', asset.type)
  if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(asset.bytes)
  return reply.header('content-encoding', 'gzip').send(await asset.gzipped())
}
