/** The labels of a series; `__name__` is the metric's name, where the query left it. */
export type Labels = Readonly<Record<string, string>>

/** One value of one series at one time. The value may be NaN or infinite: nothing is judged here. */
export interface Sample {
  readonly labels: Labels
  readonly seconds: number
  readonly value: number
}

/** One series over time: parallel arrays, ascending, so that millions of points stay small. A gap has no point. */
export interface Series {
  readonly labels: Labels
  readonly seconds: Float64Array
  readonly values: Float64Array
}

/** A series that can be read at any time: what `evaluate` reads, and what the simulator's functions become. */
export interface StoredSeries {
  readonly labels: Labels
  /** The raw samples with `after` < seconds ≤ `until`, ascending, at most millisecond fine. */
  between(
    after: number,
    until: number,
  ): { readonly seconds: readonly number[]; readonly values: readonly number[] }
}

/** Where `evaluate` finds its series. `labels` of every series hold `__name__`. */
export interface SeriesStore {
  /**
   * All series of the named metrics; matchers are applied by `evaluate`. Asked for what is `current`, a store
   * that knows when its series ended leaves out those that have, as staleness markers do; a `window` has
   * every sample.
   */
  select(names: readonly string[], use: 'current' | 'window'): Iterable<StoredSeries>
}
