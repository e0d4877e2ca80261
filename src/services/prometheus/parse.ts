import { isAscii, isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { KCloudError } from '../../kernel/errors.ts'
import type { Sample, Series } from '../../promql/samples.ts'
import type { KnownRowReader } from './known-rows.ts'
import { matrixRowReader } from './matrix-rows.ts'
import {
  hasHistograms,
  malformed,
  readSample,
  readScalar,
  readSeries,
  type RowReader,
} from './rows.ts'
import { createSplitter } from './split.ts'

/** What the body of a successful answer says. */
export interface Parsed<Row> {
  readonly rows: readonly Row[]
  /** What the backend says is missing, and what we could not read of it: any makes the answer partial. */
  readonly warnings: readonly string[]
  /** Remarks on the query, such as "metric might not be a counter", which take nothing from the answer. */
  readonly infos: readonly string[]
}

/** Takes a body as it arrives, in pieces cut anywhere. Both methods reject with `backend_invalid`. */
export interface BodyParser<Row> {
  push(chunk: Uint8Array): void
  end(): Parsed<Row>
}

interface Shape<Row> {
  readonly resultType: 'vector' | 'matrix'
  readonly read: RowReader<Row>
  /** Reads a result of type `scalar`, where one may stand for this type. */
  readonly readScalar?: (result: readonly unknown[]) => Row
  /** Reads the rows of a batch that need not be parsed. */
  readonly known?: Pick<KnownRowReader<Row>, 'read' | 'add'>
}

/**
 * A parser of `/api/v1/query`: a vector, or a scalar as one sample without labels. `known` may read rows that came
 * before.
 */
export function vectorParser(known?: KnownRowReader): BodyParser<Sample> {
  const shape = { resultType: 'vector', read: readSample, readScalar } as const
  return bodyParser(known === undefined ? shape : { ...shape, known })
}

/** A parser of `/api/v1/query_range`: a matrix. */
export function matrixParser(): BodyParser<Series> {
  return bodyParser({ resultType: 'matrix', read: readSeries, known: matrixRowReader() })
}

const envelope = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
  isPartial: z.boolean().nullish(),
})
type Envelope = z.output<typeof envelope>

function bodyParser<Row>(shape: Shape<Row>): BodyParser<Row> {
  const rows: Row[] = []
  let histograms = 0

  const append = (elements: readonly unknown[], to = rows): Row[] => {
    for (const element of elements) {
      const row = shape.read(element)
      if (row !== undefined) to.push(row)
      if (hasHistograms(element)) histograms += 1
    }
    return to
  }
  // The remaining document holds the first and the last series: what the batches gave lies between them.
  const around = (result: readonly unknown[]): void => {
    rows.unshift(...append(result.slice(0, 1), []))
    append(result.slice(1))
  }

  const readBatch = (batch: Buffer): void => {
    const text = textOf(batch)
    const read = shape.known?.read(text, rows) ?? 0
    if (read === text.length) return
    const count = rows.length
    append(listOf(text.slice(read)))
    shape.known?.add(rows.slice(count))
  }

  const splitter = createSplitter(readBatch)
  return {
    push: (chunk) => splitter.push(chunk),
    end() {
      const answer = envelopeOf(splitter.end())
      const { resultType, result } = answer.data
      if (resultType === shape.resultType) around(result)
      else if (resultType === 'scalar' && shape.readScalar) rows.push(shape.readScalar(result))
      else throw malformed('another type of result')
      return { rows, warnings: warningsOf(answer, histograms), infos: answer.infos ?? [] }
    },
  }
}

/** The elements of a batch. A batch is a list by construction. */
const listOf = (batch: string): readonly unknown[] => parsed(`[${batch}]`) as readonly unknown[]

function envelopeOf(rest: Buffer): Envelope {
  const { success, data, error } = envelope.safeParse(parsed(textOf(rest)))
  if (!success) throw malformed('no result', error)
  return data
}

function textOf(bytes: Buffer): string {
  // Most answers are, and then there is nothing to decode.
  if (isAscii(bytes)) return bytes.toString('latin1')
  // To replace broken characters silently could make two series one.
  if (!isUtf8(bytes)) throw malformed('broken characters')
  return bytes.toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new KCloudError('backend_invalid', { detail: 'its answer is not whole JSON', cause })
  }
}

function warningsOf({ warnings, isPartial }: Envelope, histograms: number): readonly string[] {
  return [
    ...(warnings ?? []),
    ...(isPartial === true ? ['isPartial: a part of the storage did not answer'] : []),
    ...(histograms > 0 ? [`native histograms left out of ${histograms} series`] : []),
  ]
}
