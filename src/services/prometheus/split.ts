/**
 * Where one series ends and the next begins, as every backend prints it. A quote inside a JSON string is
 * always escaped, so a bare `"metric":` cannot be part of a label value: the bytes are a boundary wherever
 * they occur. A body that is spaced or ordered otherwise has no boundary and simply stays in one piece.
 */
const BOUNDARY = Buffer.from('},{"metric":')
const BATCH_BYTES = 64 * 1024
/** A batch, and the chunk that made it one. */
const LEAST_BYTES = 2 * BATCH_BYTES

export interface Splitter {
  push(chunk: Uint8Array): void
  /**
   * What remains once the batches are taken out: a whole document of its own, which holds the first and the
   * last series and everything around them. A body that was cut off therefore does not parse here.
   */
  end(): Buffer
}

/**
 * Cuts the body of an answer, as it arrives, into batches of at least 64 KiB of whole series, each a comma
 * separated list in JSON. All cuts lie beside ASCII bytes, so none is within a character. A batch, and what
 * remains, is only to be looked at until the next call: all lie in one piece of memory, since pieces of their own
 * for all of them make the collector of garbage run for much longer than the reading takes.
 */
export function createSplitter(onBatch: (batch: Buffer) => void): Splitter {
  let memory: Held = Buffer.allocUnsafe(0)
  let held = 0
  let enough = BATCH_BYTES
  let head: Buffer | undefined

  const hold = (chunk: Uint8Array): void => {
    memory = withRoom(memory, held + chunk.length)
    memory.set(chunk, held)
    held += chunk.length
  }

  const keepFrom = (start: number): void => {
    memory.copyWithin(0, start, held)
    held -= start
    enough = BATCH_BYTES
  }

  const cut = (): void => {
    const text = memory.subarray(0, held)
    const first = head === undefined ? text.indexOf(BOUNDARY) : -2
    const start = first + 2
    const last = text.lastIndexOf(BOUNDARY)
    // A copy, since what it is a view of is written over.
    if (first >= 0) head = Buffer.from(text.subarray(0, first + 1))
    if (last > start) onBatch(text.subarray(start, last + 1))
    // Without a boundary, waiting for twice as much keeps the work linear in the size of the body.
    if (last < 0) enough = held * 2
    else keepFrom(last + 2)
  }

  return {
    push(chunk) {
      hold(chunk)
      if (held >= enough) cut()
    },
    end() {
      // The last rows are read as all others are, where there is more than a few.
      if (head !== undefined) cut()
      const rest = memory.subarray(0, held)
      return head === undefined ? rest : Buffer.concat([head, Buffer.from(','), rest])
    },
  }
}

type Held = Buffer<ArrayBuffer>

function withRoom(memory: Held, bytes: number): Held {
  if (bytes <= memory.length) return memory
  const larger = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes))))
  memory.copy(larger)
  return larger
}
