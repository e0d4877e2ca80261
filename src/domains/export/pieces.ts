import type { Row } from '../../services/formats/index.ts'
import type { Account } from './account.ts'
import type { Dataset, Piece } from './dataset.ts'
import { partsOf, pointsIn } from './windows.ts'

interface Reading {
  readonly pointsEach: number
  readonly account: Account
  readonly signal: AbortSignal
  /** Hears of every part that was read, in points. */
  readonly onPart: (points: number) => void
}

interface Begun {
  readonly piece: Promise<Piece>
  readonly points: number
}

/**
 * The rows of a dataset, part by part of its window. The next part is on its way while one is written, and no more
 * than that: a slow reader makes for slow questions. Whoever stops taking rows stops the questions.
 */
export async function* readPieces(
  dataset: Dataset,
  { pointsEach, account, signal, onPart }: Reading,
): AsyncGenerator<readonly Row[]> {
  const stopped = new AbortController()
  const parts = partsOf(dataset.range, pointsEach)
  const begin = (): Begun | undefined => {
    const part = parts.next()
    if (part.done === true) return undefined
    // What failed in one part is asked again in the next: each has a signal of its own.
    const piece = dataset.read(part.value, AbortSignal.any([signal, stopped.signal]))
    // Whoever waits for it hears of a failure; when nobody does any more, it is no failure.
    piece.catch(() => undefined)
    return { piece, points: pointsIn(part.value) }
  }
  try {
    let next = begin()
    while (next !== undefined) {
      const piece = await next.piece
      const { points } = next
      next = begin()
      account.add(piece)
      onPart(points)
      yield* piece.rows
    }
  } finally {
    stopped.abort()
  }
}
