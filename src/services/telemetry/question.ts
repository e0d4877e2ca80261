import type { Entity, Label } from '../../catalogue/entities.ts'
import type { Gauge, Measure } from '../../catalogue/measures.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Shelf } from '../prometheus/index.ts'

/** What every question names: which things, in which clusters, told apart by which labels. */
export interface Question {
  readonly entity: Entity
  /** The labels that the answer needs, and no more: they decide how many bytes travel. */
  readonly labels: NonEmpty<Label>
  /** The clusters to ask; all when left out. Rejects with `not_found` for a name that nobody knows. */
  readonly clusters?: readonly string[] | undefined
  /** Only rows with one of these values of a label; a source that lacks the label is then not asked. */
  readonly where?: Readonly<Partial<Record<Label, Filter>>>
  /**
   * A source is not asked whose metrics another source reads of these: what a container uses, where the same is
   * already added up for its pod.
   */
  readonly unlessOf?: Entity | undefined
  /** Stands for the one answer that the question is for, as well as ending it: each answer has its own. */
  readonly signal?: AbortSignal
}

/** One of several exact values, any but one (`''` stands for none at all), or values that begin with a text, or with one of several. */
export type Filter =
  | NonEmpty<string>
  | { readonly differsFrom: string }
  | { readonly startsWith: string }
  | { readonly startsWithOneOf: NonEmpty<string> }

export interface KnownQuestion extends Question {
  readonly at: Date
  readonly shelf: Extract<Shelf, 'static' | 'realtime'>
  /** A kept answer from before this is not good enough. */
  readonly since?: Date
  /**
   * The measure that stands for the thing where all metrics of its source are alike: no others are looked at. Things
   * without it are then missing, unless the whole cluster has none of it.
   */
  readonly presence?: Gauge | undefined
}

export interface LatestQuestion extends KnownQuestion {
  readonly measures: NonEmpty<Gauge>
  /** Whether 0 says nothing to who asks: such values are then left out where they need not be added up. */
  readonly nonzero?: boolean
}

export interface StaleQuestion extends Question {
  readonly at: Date
}

/** How the samples between two points of a series become one value; `count` is how many there are. */
export type Summary = 'avg' | 'min' | 'max' | 'last' | 'count'

export interface HistoryQuestion extends Question {
  readonly measure: Measure
  readonly summary: Summary
  readonly range: TimeRange
  /**
   * The whole time of which the range is a part: what sources there are is then found out once for all of it, in
   * steps of its own. A source that was there for less than such a step may not be found.
   */
  readonly within?: TimeRange | undefined
  /** How far back a point looks for its sample, where that is not the step: so a longer step skips and does not smooth. */
  readonly sampleSeconds?: number | undefined
  /** Nobody asks it again, as when a long window is read piece by piece: the answer is not kept. */
  readonly once?: boolean
}

export interface WindowQuestion extends Question {
  readonly measure: Gauge
  readonly summary: Exclude<Summary, 'last' | 'count'>
  readonly range: TimeRange
}

/** What one source says about one thing, in our words and units. A measure it does not report has no key. */
export interface Reading {
  readonly source: string
  /** Who built the device; null for sources that measure no device. */
  readonly vendor: string | null
  readonly cluster: string
  readonly labels: Readonly<Partial<Record<Label, string>>>
  readonly values: Readonly<Partial<Record<Measure, number>>>
}

/** One measure of one thing over a window: a value for each point of the window, null where there is a gap. */
export interface ReadingSeries extends Omit<Reading, 'values'> {
  readonly values: readonly (number | null)[]
}
