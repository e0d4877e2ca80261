import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Column, Parameters, Row } from '../../services/formats/index.ts'

/** The rows of a part of a window, in the order of time and, within one time, of their keys. */
export interface Piece extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  /** Some at a time, made as they are taken: to be gone through once. */
  readonly rows: Iterable<readonly Row[]>
  /** How many values were read for them. */
  readonly values: number
  /** Measured ÷ known nodes at each moment that has any. */
  readonly coverage: readonly number[]
}

/** A question that can be answered piece by piece: the rows of the pieces are those of the whole. */
export interface Dataset {
  readonly name: 'power' | 'metrics'
  readonly title: string
  /** The title as part of a file's name. */
  readonly slug: string
  readonly columns: readonly Column[]
  readonly range: TimeRange
  readonly parameters: Parameters
  /** Both ends of the range are points. Rejects as telemetry does. */
  readonly read: (range: TimeRange, signal: AbortSignal) => Promise<Piece>
}

/** The column that every table begins with. */
export const TIME_COLUMN: Column = {
  name: 'time',
  type: 'time',
  unit: null,
  description: 'The end of the step that the row is about, in UTC.',
}

/** Who said so. */
export const SOURCES_COLUMN: Column = {
  name: 'sources',
  type: 'text',
  unit: null,
  description: 'Where the figures come from; several are joined by semicolons.',
}

/** A column of texts. */
export const textColumn = (name: string, description: string): Column => ({
  name,
  type: 'text',
  unit: null,
  description,
})
