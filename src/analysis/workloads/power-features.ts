import { meanKnown, sumKnown } from '../power/sum.ts'

/** What one window of a power series looks like, whatever its size: everything but the first is relative. */
export const POWER_FEATURES = [
  'log_watts_per_board',
  'variation',
  'lowest',
  'p05',
  'p25',
  'p50',
  'p75',
  'p95',
  'highest',
  'skewness',
  'kurtosis',
  'mean_step',
  'p95_step',
  'largest_step',
  'large_steps_share',
  'autocorrelation_1',
  'autocorrelation_2',
  'autocorrelation_5',
  'autocorrelation_10',
  'autocorrelation_20',
  'trend',
  'crossings_share',
  'dips_share',
  'slow_share',
  'periodicity',
] as const

export type PowerFeature = (typeof POWER_FEATURES)[number]

/** Fewer known points than this say nothing of a shape. */
export const LEAST_POINTS = 12

/**
 * The features of a window in the order of `POWER_FEATURES`; NaN for those that cannot be had. Gaps are left out.
 * `boards` are the accelerators that the watts are of; 0 where it is not known.
 */
export function powerFeatures(
  watts: readonly (number | null)[],
  boards: number,
): readonly number[] {
  const values = Float64Array.from(watts.filter((value) => value !== null))
  if (values.length < LEAST_POINTS) return POWER_FEATURES.map(() => Number.NaN)
  const mean = meanOf(values)
  if (mean <= 0) return POWER_FEATURES.map(() => Number.NaN)
  const relative = values.map((value) => value / mean)
  const features: Readonly<Record<PowerFeature, number>> = {
    log_watts_per_board: boards > 0 ? Math.log10(mean / boards) : Number.NaN,
    ...levelsOf(relative),
    ...stepsOf(relative),
    ...rhythmOf(relative),
  }
  return POWER_FEATURES.map((name) => features[name])
}

const meanOf = (values: Float64Array): number => (sumKnown([...values]) ?? 0) / values.length

/** The value below which a share of sorted values lies, between neighbours in a line. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}

function levelsOf(relative: Float64Array) {
  const sorted = Float64Array.from(relative).sort()
  const at = (share: number): number => quantileOf(sorted, share)
  const p95 = at(0.95)
  return {
    ...momentsOf(relative),
    lowest: at(0),
    p05: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95,
    highest: at(1),
    dips_share: relative.filter((value) => value < 0.7 * p95).length / relative.length,
  }
}

function momentsOf(relative: Float64Array) {
  const moment = (power: number): number => meanOf(relative.map((value) => (value - 1) ** power))
  const variance = moment(2)
  const deviation = Math.sqrt(variance)
  return {
    variation: deviation,
    skewness: deviation > 0 ? moment(3) / deviation ** 3 : 0,
    kurtosis: deviation > 0 ? moment(4) / variance ** 2 : 0,
  }
}

/** A step of more than this share of the mean is a large one. */
const LARGE_STEP = 0.05

function stepsOf(relative: Float64Array) {
  const steps = relative
    .subarray(1)
    .map((value, index) => Math.abs(value - (relative[index] ?? value)))
  const sorted = Float64Array.from(steps).sort()
  return {
    mean_step: meanOf(steps),
    p95_step: quantileOf(sorted, 0.95),
    largest_step: quantileOf(sorted, 1),
    large_steps_share: steps.filter((step) => step > LARGE_STEP).length / steps.length,
  }
}

function rhythmOf(relative: Float64Array) {
  const lag = (distance: number): number => autocorrelation(relative, distance)
  return {
    autocorrelation_1: lag(1),
    autocorrelation_2: lag(2),
    autocorrelation_5: lag(5),
    autocorrelation_10: lag(10),
    autocorrelation_20: lag(20),
    trend: trendOf(relative),
    crossings_share: crossingsOf(relative) / (relative.length - 1),
    slow_share: slowShare(relative),
    periodicity: periodicityOf(relative),
  }
}

/** How alike the series is to itself some steps later, −1 to 1; 0 for one that does not move. */
function autocorrelation(relative: Float64Array, lag: number): number {
  if (lag >= relative.length - 2) return Number.NaN
  let together = 0
  let squares = 0
  for (const [index, value] of relative.entries()) {
    squares += (value - 1) ** 2
    if (index >= lag) together += (value - 1) * ((relative[index - lag] ?? 1) - 1)
  }
  return squares > 0 ? together / squares : 0
}

/** What a line through the window gains from its begin to its end. */
function trendOf(relative: Float64Array): number {
  const middle = (relative.length - 1) / 2
  let above = 0
  let below = 0
  for (const [index, value] of relative.entries()) {
    above += (index - middle) * (value - 1)
    below += (index - middle) ** 2
  }
  return (above / below) * relative.length
}

const crossingsOf = (relative: Float64Array): number =>
  relative.subarray(1).filter((value, index) => value > 1 !== (relative[index] ?? 1) > 1).length

/** The share of the variance that is between quarters of the window, and not within them. */
function slowShare(relative: Float64Array): number {
  const length = Math.floor(relative.length / 4)
  const quarters = [0, 1, 2, 3].map((quarter) =>
    meanOf(relative.subarray(quarter * length, (quarter + 1) * length)),
  )
  const between = meanKnown(quarters.map((value) => (value - 1) ** 2)) ?? 0
  const { variation } = momentsOf(relative)
  return variation > 0 ? between / variation ** 2 : 0
}

/** The highest return of the autocorrelation after it has first fallen: 1 for a perfect period. */
function periodicityOf(relative: Float64Array): number {
  let lowest = 1
  let risen = 0
  for (let lag = 1; lag <= relative.length / 2; lag += 1) {
    const here = autocorrelation(relative, lag)
    lowest = Math.min(lowest, here)
    risen = Math.max(risen, here - lowest)
  }
  return risen
}
