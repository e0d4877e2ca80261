import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StreamedFile } from './app.ts'
import { attachment } from './content-disposition.ts'
import { failureOf } from './problem-details.ts'

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A client that takes nothing for so long has gone, whatever its connection says. */
const STALLED_MS = 120_000

/**
 * Writes a file while it is made, as fast as the client takes it. What fails before the first byte is answered as a
 * problem; what fails later cuts the connection, so that no part can be taken for the whole.
 */
export async function sendStream(file: StreamedFile, exchange: Exchange): Promise<void> {
  const { request, reply } = exchange
  if (request.method === 'HEAD') {
    begin(file, reply, [])
    reply.raw.end()
    return
  }
  const pieces = (await file.open())[Symbol.asyncIterator]()
  try {
    const first = await pieces.next()
    begin(file, reply, trailersFor(file, request))
    await sendPieces({ file, pieces, first }, exchange)
  } finally {
    await pieces.return?.()
  }
}

/** Only a body that is sent in chunks can have something behind it. */
function trailersFor({ trailers }: StreamedFile, { raw }: FastifyRequest): readonly string[] {
  return raw.httpVersion === '1.0' ? [] : (trailers?.names ?? [])
}

function begin(
  { fileName, mediaType, headers }: StreamedFile,
  reply: FastifyReply,
  trailers: readonly string[],
): void {
  void reply
    .headers({
      'content-type': mediaType,
      'content-disposition': attachment(fileName),
      'cache-control': 'no-store',
      ...(trailers.length > 0 && { trailer: trailers.join(', ') }),
      ...headers,
    })
    .hijack()
  reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders)
}

interface Sending {
  readonly file: StreamedFile
  readonly pieces: AsyncIterator<Uint8Array>
  readonly first: IteratorResult<Uint8Array, unknown>
}

async function sendPieces(
  { file, pieces, first }: Sending,
  { request, reply }: Exchange,
): Promise<void> {
  const { raw } = reply
  try {
    for (let piece = first; piece.done !== true; piece = await pieces.next())
      await write(raw, piece.value)
    end(file, { request, reply })
  } catch (error) {
    giveUp({ file, error }, { request, reply })
  }
}

function end(file: StreamedFile, { request, reply: { raw } }: Exchange): void {
  if (trailersFor(file, request).length > 0) raw.addTrailers(file.trailers?.values() ?? {})
  raw.end()
}

function giveUp(
  { file, error }: { readonly file: StreamedFile; readonly error: unknown },
  { request, reply: { raw } }: Exchange,
): void {
  if (raw.destroyed) {
    request.log.info({ bytes: bytesOf(raw) }, 'the client left before the end of its file')
    return
  }
  request.log.warn({ err: error }, 'cut off a file that cannot be completed')
  cut(raw, file.broken?.(failureOf(error).detail ?? 'the server made a mistake') ?? '')
}

const bytesOf = ({ socket }: ServerResponse): number | null => socket?.bytesWritten ?? null

/** Resolves when there is room for more; rejects when the client has gone, or takes nothing any more. */
async function write(raw: ServerResponse, piece: Uint8Array): Promise<void> {
  assertOpen(raw)
  if (raw.write(piece)) return
  const waiting = new AbortController()
  const { signal } = waiting
  const late = setTimeout(() => raw.destroy(), STALLED_MS)
  try {
    await Promise.race([once(raw, 'drain', { signal }), once(raw, 'close', { signal })])
  } finally {
    clearTimeout(late)
    waiting.abort()
  }
  assertOpen(raw)
}

function assertOpen({ destroyed }: ServerResponse): void {
  if (destroyed) throw new Error('the connection is closed')
}

/**
 * Ends the connection without the end of the body: HTTP/1.1 tells the client that something is missing. In HTTP/1.0
 * the end of the connection is the end of the body, unless it is a reset.
 */
function cut(raw: ServerResponse, lastWords: string): void {
  const late = setTimeout(() => raw.destroy(), STALLED_MS)
  raw.once('close', () => clearTimeout(late))
  raw.write(lastWords, () => {
    if (raw.chunkedEncoding) raw.destroy()
    else raw.socket?.resetAndDestroy()
  })
}
