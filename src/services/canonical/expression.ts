import type { RateFunction, WindowFunction } from '../../promql/expression.ts'
import type { Pattern } from '../patterns/index.ts'

/** The label that holds the name of a metric. */
export const NAME = '__name__'

/** A condition on a label; an absent label counts as the empty text. */
export interface LabelMatcher {
  readonly label: string
  readonly test: Pattern
}

/** Series by their labels, the name among them as `__name__`, some time ago. */
export interface Selector {
  readonly where: readonly LabelMatcher[]
  readonly offsetMs: number
}

/** How groups are made: by these labels, or by all but these. */
export interface Grouping {
  readonly labels: readonly string[]
  readonly without: boolean
}

export const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count'] as const
export const RANKINGS = ['topk', 'bottomk'] as const
export const ARITHMETIC = ['+', '-', '*', '/', '%', '^'] as const
export const COMPARISONS = ['==', '!=', '>', '<', '>=', '<='] as const
export const SET_OPERATIONS = ['and', 'or', 'unless'] as const

type Aggregation = (typeof AGGREGATIONS)[number]
type Ranking = (typeof RANKINGS)[number]
export type Arithmetic = (typeof ARITHMETIC)[number]
export type Comparison = (typeof COMPARISONS)[number]
export type SetOperation = (typeof SET_OPERATIONS)[number]

/** By which labels two sides are matched: these, or all but these. */
export interface Matching {
  readonly labels: readonly string[]
  readonly on: boolean
}

/** A query of the accepted part of PromQL. */
export type Expression =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'select'; readonly of: Selector }
  | { readonly op: 'timestamp'; readonly of: Selector }
  | {
      readonly op: 'window'
      readonly fn: RateFunction | WindowFunction
      readonly of: Selector
      readonly windowMs: number
    }
  | {
      readonly op: 'aggregate'
      readonly fn: Aggregation
      readonly of: Expression
      readonly grouping: Grouping
    }
  | {
      readonly op: 'rank'
      readonly fn: Ranking
      readonly count: Expression
      readonly of: Expression
      readonly grouping: Grouping
    }
  | Binary

export interface Binary {
  readonly op: 'binary'
  readonly fn: Arithmetic | Comparison | SetOperation
  /** Whether a comparison gives 0 and 1 instead of leaving out. */
  readonly bool: boolean
  readonly matching: Matching
  readonly left: Expression
  readonly right: Expression
}

/** The functions of windows by their name in PromQL. */
export const WINDOW_FUNCTIONS = {
  rate: 'rate',
  increase: 'increase',
  sum_over_time: 'sum',
  avg_over_time: 'avg',
  min_over_time: 'min',
  max_over_time: 'max',
  count_over_time: 'count',
  last_over_time: 'last',
} as const satisfies Readonly<Record<string, RateFunction | WindowFunction>>

export const isAmong = <Word extends string>(words: readonly Word[], word: string): word is Word =>
  words.some((each) => each === word)
