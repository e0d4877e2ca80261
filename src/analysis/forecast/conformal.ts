/** How far the truth may lie from a forecast, learnt from the errors that were made. */
export interface Conformal {
  /**
   * The half width for a level; null while there are too few errors to say. It covers the share of the truths that
   * the level names, over time.
   */
  width(level: number): number | null
  /** An error that has become known, with the widths that had been given for it. */
  learn(error: number, given: ReadonlyMap<number, number | null>): void
  readonly count: number
}

interface ConformalOptions {
  readonly levels: readonly number[]
  /** How many of the last errors count. */
  readonly window: number
  /** How fast the levels follow what is covered. */
  readonly rate: number
}

const LEAST = 10

/**
 * Adaptive conformal intervals of one step of the horizon (Gibbs and Candès, 2021): a quantile of the last errors, of
 * a level that rises while too few truths are covered and falls while too many are.
 */
export function createConformal({ levels, window, rate }: ConformalOptions): Conformal {
  const errors: number[] = []
  const sorted: number[] = []
  const misses = new Map(levels.map((level) => [level, 1 - level]))
  return {
    get count() {
      return errors.length
    },
    width(level) {
      const miss = misses.get(level)
      return miss === undefined || errors.length < LEAST ? null : quantile(sorted, 1 - miss)
    },
    learn(error, given) {
      for (const [level, width] of given) {
        if (width === null) continue
        const missed = error > width ? 1 : 0
        misses.set(level, (misses.get(level) ?? 0) + rate * (1 - level - missed))
      }
      errors.push(error)
      sorted.splice(placeOf(sorted, error), 0, error)
      if (errors.length > window) sorted.splice(placeOf(sorted, errors.shift() ?? 0), 1)
    },
  }
}

/** The smallest error that so large a share of them does not exceed, corrected for their number. */
function quantile(sorted: readonly number[], share: number): number {
  const count = sorted.length
  const rank = Math.ceil(share * (count + 1))
  if (rank < 1) return 0
  if (rank <= count) return sorted[rank - 1] ?? 0
  // More is asked for than was seen: what lies beyond the largest error is a guess, and a cautious one.
  return (sorted[count - 1] ?? 0) * 1.1
}

/** The first place whose value is not below. */
function placeOf(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
