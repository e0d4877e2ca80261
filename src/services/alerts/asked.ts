import type { Canonical, QueryTimes } from '../canonical/index.ts'
import type { CostReader } from '../costs/index.ts'
import type { SpendingReader } from './spending.ts'

/** What rules are read by. */
export interface ReadNeeds {
  readonly canonical: Pick<Canonical, 'query'>
  readonly costs: Pick<CostReader, 'of'>
  readonly spending: SpendingReader
  /** The names of the clusters that there are now. */
  readonly clusters: () => readonly string[]
}

/** When a rule is evaluated: once, or step by step in the past. */
export interface RuleAsked {
  readonly grid: QueryTimes
  readonly at: Date
  readonly now: Date
  readonly signal: AbortSignal
}
