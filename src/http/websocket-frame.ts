/** The first byte of a whole text message (RFC 6455, 5.2): FIN and opcode 1, without extensions. */
const WHOLE_TEXT = 0x81
/** The longest payload whose length stands in the second byte, and the marks of two and of eight bytes of length. */
const MOST_SHORT = 125
const TWO_BYTES = 126
const EIGHT_BYTES = 127
const MOST_OF_TWO_BYTES = 0xffff

const framed = new WeakMap<Buffer, Buffer>()

/**
 * A text message as a server sends it: not masked, not compressed, in one frame (RFC 6455, 5.2). The bytes are made
 * once for each message, however many are sent it.
 */
export function textFrame(message: Buffer): Buffer {
  const known = framed.get(message)
  if (known !== undefined) return known
  const made = Buffer.concat([headOf(message.length), message])
  framed.set(message, made)
  return made
}

function headOf(length: number): Buffer {
  if (length <= MOST_SHORT) return Buffer.from([WHOLE_TEXT, length])
  if (length <= MOST_OF_TWO_BYTES) {
    const head = Buffer.from([WHOLE_TEXT, TWO_BYTES, 0, 0])
    head.writeUInt16BE(length, 2)
    return head
  }
  const head = Buffer.from([WHOLE_TEXT, EIGHT_BYTES, 0, 0, 0, 0, 0, 0, 0, 0])
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}
