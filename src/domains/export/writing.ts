import { createHash } from 'node:crypto'
import {
  countedRows,
  FORMATS,
  type FormatName,
  type Manifest,
  type ManifestHead,
} from '../../services/formats/index.ts'
import { createAccount } from './account.ts'
import type { Dataset } from './dataset.ts'
import { readPieces } from './pieces.ts'

/** How a dataset is written. */
export interface Writing {
  readonly format: FormatName
  readonly bom: boolean
  readonly partial: 'allow' | 'deny'
  readonly pointsEach: number
  readonly head: ManifestHead
  readonly signal: AbortSignal
}

/** A file in the making. */
export interface Written {
  readonly bytes: AsyncGenerator<Uint8Array, undefined>
  /** How many rows are out. */
  rows(): number
  /** How many points of the window have been read. */
  points(): number
  /** Of the whole file; to be asked for behind its last byte. */
  end(): { readonly manifest: Manifest; readonly bytes: number; readonly sha256: string }
}

/** Reads a dataset into a file, as fast as its bytes are taken. Rejects when its first part cannot be had. */
export async function writeDataset(dataset: Dataset, writing: Writing): Promise<Written> {
  const { format, bom, partial, pointsEach, head, signal } = writing
  const account = createAccount(partial)
  let points = 0
  const onPart = (read: number): void => {
    points += read
  }
  const pieces = await begun(readPieces(dataset, { pointsEach, account, signal, onPart }))
  const counted = countedRows(dataset.columns, pieces)
  const manifest = (): Manifest => ({ ...head, ...account.end(), ...counted.sums() })
  const { title, columns } = dataset
  const table = { title, columns, head, batches: counted.batches, manifest }
  const file = summed(FORMATS[format].write(table, { bom }))
  return {
    bytes: file.bytes,
    rows: () => counted.count(),
    points: () => points,
    end: () => ({ manifest: manifest(), ...file.sums() }),
  }
}

/** The same values, the first of which is there. */
async function begun<Value>(values: AsyncGenerator<Value>): Promise<AsyncGenerator<Value>> {
  const first = await values.next()
  return (async function* () {
    try {
      if (first.done !== true) yield first.value
      yield* values
    } finally {
      await values.return(undefined)
    }
  })()
}

/** Bytes on their way, counted and summed up as they pass. */
function summed(pieces: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256')
  let length = 0
  async function* bytes(): AsyncGenerator<Uint8Array, undefined> {
    for await (const piece of pieces) {
      hash.update(piece)
      length += piece.byteLength
      yield piece
    }
  }
  return { bytes: bytes(), sums: () => ({ bytes: length, sha256: hash.copy().digest('hex') }) }
}
