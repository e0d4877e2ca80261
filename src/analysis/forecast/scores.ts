/** How well forecasts did, in the unit of the series where nothing else is said. Null where it is not defined. */
export interface Scores {
  readonly rmse: number
  readonly mae: number
  /** In percent. Null as soon as a true value is too near to zero for a share of it to mean anything. */
  readonly mape: number | null
  /** The sum of the errors as a percentage of the sum of the true values; null where that is zero. */
  readonly wape: number | null
  /** The mean error by that of repeating the last value within the training (Hyndman and Koehler, 2006). */
  readonly mase: number | null
  /** How many values were compared. */
  readonly count: number
}

/** Pairs of what was forecast and what came. */
export interface Errors {
  add(forecast: number, truth: number): void
  /** The scores so far; null without a pair. */
  scores(scale: number | null): Scores | null
}

/** A true value below this share of the mean makes a percentage of it meaningless. */
const NEAR_ZERO = 0.01

/** Collects errors. */
export function createErrors(): Errors {
  let count = 0
  let squares = 0
  let absolute = 0
  let truths = 0
  let shares = 0
  let smallest = Number.POSITIVE_INFINITY
  return {
    add(forecast, truth) {
      const error = Math.abs(forecast - truth)
      count += 1
      squares += error * error
      absolute += error
      truths += Math.abs(truth)
      shares += error / Math.abs(truth)
      smallest = Math.min(smallest, Math.abs(truth))
    },
    scores(scale) {
      if (count === 0) return null
      const isShare = smallest > 0 && smallest >= (NEAR_ZERO * truths) / count
      const mae = absolute / count
      return {
        rmse: Math.sqrt(squares / count),
        mae,
        mape: isShare ? (100 * shares) / count : null,
        wape: truths > 0 ? (100 * absolute) / truths : null,
        mase: scale === null ? null : mae / scale,
        count,
      }
    },
  }
}

/**
 * What a mean error is measured by: that of repeating the last value. It is no smaller than a thousandth of the mean,
 * since training weeks in which nothing happened would make any error look huge; null for a series of zeros.
 */
export function naiveScale(values: Float64Array): number | null {
  let steps = 0
  let level = 0
  for (let at = 1; at < values.length; at += 1) {
    steps += Math.abs((values[at] ?? 0) - (values[at - 1] ?? 0))
    level += Math.abs(values[at] ?? 0)
  }
  const count = Math.max(1, values.length - 1)
  const scale = Math.max(steps / count, (0.001 * level) / count)
  return scale > 0 ? scale : null
}

/** The share of the error of a reference that a forecast saves: 0.05 is 5 % better, below 0 is worse. */
export function skill(error: number, reference: number): number | null {
  return reference > 0 ? 1 - error / reference : null
}
