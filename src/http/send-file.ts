import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { KCloudError } from '../kernel/errors.ts'
import type { StoredFile } from './app.ts'
import { attachment } from './content-disposition.ts'
import { matches } from './negotiation.ts'

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Both ends included. */
interface ByteRange {
  readonly first: number
  readonly last: number
}

/** Sends a file, or the one part of it that is asked for (RFC 9110, section 14). */
export async function sendFile(file: StoredFile, { request, reply }: Exchange): Promise<void> {
  void reply.headers({
    etag: file.etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
  })
  if (matches(request.headers['if-none-match'], `W/${file.etag}`)) {
    void reply.code(304).send()
    return
  }
  const range = wantedRange(file, request)
  if (range === 'unsatisfiable') {
    void reply.header('content-range', `bytes */${file.bytes}`)
    throw new KCloudError('range_not_satisfiable', {
      detail: `the file has ${file.bytes} bytes`,
    })
  }
  await send(file, range, { request, reply })
}

async function send(
  file: StoredFile,
  range: ByteRange | undefined,
  { request, reply }: Exchange,
): Promise<void> {
  const { first, last } = range ?? { first: 0, last: file.bytes - 1 }
  // A file that cannot be opened is answered as a problem, before anything is sent.
  const handle = await open(file.path)
  void reply
    .headers({
      ...file.headers,
      'content-type': file.mediaType,
      'content-disposition': attachment(file.fileName),
      'content-length': String(last - first + 1),
      ...(range !== undefined && { 'content-range': `bytes ${first}-${last}/${file.bytes}` }),
    })
    .hijack()
  reply.raw.writeHead(range === undefined ? 200 : 206, reply.getHeaders() as OutgoingHttpHeaders)
  if (request.method === 'HEAD' || file.bytes === 0) {
    await handle.close()
    reply.raw.end()
    return
  }
  // The stream closes the file. A client that leaves is no failure of anybody.
  const bytes = createReadStream('', { fd: handle, start: first, end: last })
  await pipeline(bytes, reply.raw).catch((error: unknown) => {
    request.log.info({ err: error }, 'the client left before the end of its file')
    reply.raw.destroy()
  })
}

/**
 * The part that is asked for. What is no single range of bytes, or is of another version of the file, asks for all
 * of it, as RFC 9110 allows (14.2) or demands (13.1.5).
 */
function wantedRange(
  { bytes, etag }: StoredFile,
  { headers }: FastifyRequest,
): ByteRange | 'unsatisfiable' | undefined {
  const match = RANGE.exec(headers.range ?? '')
  const isSame = (headers['if-range'] ?? etag) === etag
  if (match === null || !isSame) return undefined
  const [, from = '', to = ''] = match
  return from === '' ? lastBytes(Number(to), bytes) : between(Number(from), to, bytes)
}

const RANGE = /^bytes=(?!-$)(\d{0,15})-(\d{0,15})$/i

function lastBytes(count: number, bytes: number): ByteRange | 'unsatisfiable' {
  if (count === 0 || bytes === 0) return 'unsatisfiable'
  return { first: Math.max(0, bytes - count), last: bytes - 1 }
}

function between(
  first: number,
  to: string,
  bytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)
  if (first >= bytes) return 'unsatisfiable'
  return last < first ? undefined : { first, last }
}
