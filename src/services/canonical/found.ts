import type { Answer } from '../../kernel/answer.ts'
import type { Labels } from '../../promql/samples.ts'

/** A stretch of time. */
export interface Window {
  readonly start: Date
  readonly end: Date
}

export interface ValuesQuestion {
  readonly selectors: readonly string[]
  readonly window: Window
}

export interface FoundSeries extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly series: readonly Labels[]
}

export interface FoundValues extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly values: readonly string[]
}
