import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { AnswerShelf } from '../../http/shelf.ts'
import type { Filters } from './filters.ts'
import type { Needs } from './needs.ts'
import type { Payload } from './payload.ts'

/** What one target of a panel asks. */
export interface Asked {
  /** The clusters that are meant; all when undefined. */
  readonly clusters: readonly string[] | undefined
  readonly payload: Payload
  readonly filters: Filters
  readonly start: Date
  readonly end: Date
  /** The points of the window; null for one that lies ahead. */
  readonly steps: TimeRange | null
  /** The evaluation time of figures of now, on a shelf. */
  readonly at: (shelf: AnswerShelf) => Date
  readonly signal: AbortSignal
}

/** One line of a panel. */
export interface Line {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Value and unix milliseconds. */
  readonly points: readonly (readonly [number | null, number])[]
  readonly unit: string
}

type Cell = string | number | boolean | null

export interface Column {
  readonly text: string
  readonly type: 'time' | 'string' | 'number' | 'boolean'
  readonly unit?: string
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

/** What a figure comes to, with what is missing from it. */
export interface Told extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly lines?: readonly Line[]
  readonly table?: Table
  /** Measured ÷ known nodes. */
  readonly coverage?: number | null
  readonly sources?: readonly string[]
  /** What the reader has to know beside the warnings. */
  readonly notes?: readonly string[]
}

/** An option of a figure, as the query editor of Grafana shows it. */
export interface Option {
  readonly name: string
  readonly label: string
  /** What holds while nothing is chosen, or how a value looks. */
  readonly hint: string
  /** The words that can be chosen, or a label whose values can. Free text without. */
  readonly choices?: readonly string[] | { readonly valuesOf: string }
  readonly several?: boolean
}

/** A figure that panels can show: what the routes of the API give, by the same services. */
export interface Figure {
  readonly name: string
  readonly label: string
  readonly options: readonly Option[]
  /** Rejects with `invalid_request` for options that do not fit. */
  read(needs: Needs, asked: Asked): Promise<Told>
}

/** Nothing to show, of nobody. */
export const NOTHING: Told = { lines: [], clusters: [], warnings: [] }

/** The option that most figures have. */
export const CLUSTERS: Option = {
  name: 'cluster',
  label: 'Cluster',
  hint: 'all clusters',
  choices: { valuesOf: 'cluster' },
  several: true,
}
