/**
 * Where one series ends and the next begins, as every backend prints it. A quote inside a JSON string is
 * always escaped, so a bare `"metric":` cannot be part of a label value: the bytes are a boundary wherever
 * they occur. A body that is spaced or ordered otherwise has no boundary and simply stays in one piece.
 */
const BOUNDARY = Buffer.from('},{"metric":')
const BATCH_BYTES = 64 * 1024

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
 * separated list in JSON. All cuts lie beside ASCII bytes, so none is within a character.
 */
export function createSplitter(onBatch: (batch: Buffer) => void): Splitter {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let enough = BATCH_BYTES
  let head: Buffer | undefined

  const hold = (rest: Buffer, next: number): void => {
    held = [rest]
    heldBytes = rest.length
    enough = next
  }

  const cut = (): void => {
    const text = Buffer.concat(held, heldBytes)
    const first = head === undefined ? text.indexOf(BOUNDARY) : -2
    const start = first + 2
    const last = text.lastIndexOf(BOUNDARY)
    // A copy, since a view would keep the whole batch in memory.
    if (first >= 0) head = Buffer.from(text.subarray(0, first + 1))
    if (last > start) onBatch(text.subarray(start, last + 1))
    // Without a boundary, waiting for twice as much keeps the work linear in the size of the body.
    if (last < 0) hold(text, heldBytes * 2)
    else hold(text.subarray(last + 2), BATCH_BYTES)
  }

  return {
    push(chunk) {
      held.push(chunk)
      heldBytes += chunk.length
      if (heldBytes >= enough) cut()
    },
    end() {
      // The last rows are read as all others are, where there is more than a few.
      if (head !== undefined) cut()
      const rest = Buffer.concat(held, heldBytes)
      return head === undefined ? rest : Buffer.concat([head, Buffer.from(','), rest])
    },
  }
}
