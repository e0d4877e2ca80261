/**
 * What a series counts: a `gauge` is a value now, a `counter` only ever grows, until it is reset. The two
 * are kept apart by type, since a rate of a gauge and a sum of counters are both nonsense that runs.
 */
export type Kind = 'gauge' | 'counter'

/** A list that is never empty, so that "any of these" can never mean "all". */
export type NonEmpty<T> = readonly [T, ...T[]]
