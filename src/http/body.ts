import { createHash } from 'node:crypto'
import { crc32, constants, deflateRaw } from 'node:zlib'
import { promisify } from 'node:util'

const deflate = promisify(deflateRaw)

/**
 * An answer as bytes, made once and sent many times. Only the request id differs from one reply to the next; it
 * stands between `head`, which holds the data, and `tail`. Without a tail the head is all there is.
 */
export interface Body {
  readonly head: Buffer
  readonly tail: string | null
  /** Of everything but the request id. */
  readonly etag: string
  /** The compressed head, made when it is first wanted; undefined when compressing does not pay. */
  compressed(): Promise<CompressedHead | undefined>
}

interface CompressedHead {
  readonly bytes: Buffer
  /** CRC-32 of the head before compression, to which each reply adds its tail. */
  readonly crc: number
}

/** Below this, compressing costs more than it saves. */
const LEAST_COMPRESSED = 1024
/** What a kept body may cost for each byte of its head, compressed form included. */
const COMPRESSED_SHARE = 0.5

/** The bytes of an envelope, from the JSON of its data and its meta without the request id. */
export function bodyOf(data: string, meta: string): Body {
  return bodyAround(Buffer.from(`{"data":${data},"meta":{"request_id":"`), `",${meta.slice(1)}}`)
}

/** The bytes of a text that says nothing of the request. */
export function plainBody(text: string): Body {
  return bodyAround(Buffer.from(text), null)
}

function bodyAround(head: Buffer, tail: string | null): Body {
  const hash = createHash('sha256')
    .update(head)
    .update(tail ?? '')
    .digest('base64url')
  let compressed: Promise<CompressedHead | undefined> | undefined
  return {
    head,
    tail,
    etag: `W/"${hash.slice(0, 27)}"`,
    compressed: () => (compressed ??= compressHead(head)),
  }
}

/** What keeping a body takes, with room for its compressed form. */
export function keptBytes(body: Body): number {
  return Math.ceil(body.head.length * (1 + COMPRESSED_SHARE)) + (body.tail?.length ?? 0) * 2 + 512
}

async function compressHead(head: Buffer): Promise<CompressedHead | undefined> {
  if (head.length < LEAST_COMPRESSED) return undefined
  // A full flush ends at a byte border and leaves the stream open, so that any tail can follow.
  const bytes = await deflate(head, { level: 6, finishFlush: constants.Z_FULL_FLUSH })
  return bytes.length <= head.length * COMPRESSED_SHARE ? { bytes, crc: crc32(head) } : undefined
}

/** Magic, deflate, no flags, no time, no extra flags, unknown system (RFC 1952, 2.3). */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
const LARGEST_STORED = 65_535

/** The pieces of a gzip stream of head and tail: the head compressed long ago, the tail stored as it is. */
export function gzipPieces(
  { bytes, crc }: CompressedHead,
  { headLength, tail }: { readonly headLength: number; readonly tail: Buffer },
): readonly Buffer[] {
  const trailer = Buffer.allocUnsafe(8)
  trailer.writeUInt32LE(crc32(tail, crc), 0)
  trailer.writeUInt32LE((headLength + tail.length) % 2 ** 32, 4)
  return [GZIP_HEADER, bytes, storedBlocks(tail), trailer]
}

/** Deflate blocks that hold text uncompressed, the last one marked as such (RFC 1951, 3.2.4). */
function storedBlocks(text: Buffer): Buffer {
  const blocks: Buffer[] = []
  let start = 0
  do {
    const part = text.subarray(start, start + LARGEST_STORED)
    start += LARGEST_STORED
    const header = Buffer.allocUnsafe(5)
    header.writeUInt8(start >= text.length ? 1 : 0, 0)
    header.writeUInt16LE(part.length, 1)
    header.writeUInt16LE(part.length ^ 0xffff, 3)
    blocks.push(header, part)
  } while (start < text.length)
  return Buffer.concat(blocks)
}
