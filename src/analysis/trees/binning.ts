/** A row of features in a fixed order; NaN where one is not known. */
export type FeatureRow = ArrayLike<number>

/** Where the bins of each feature end: ascending thresholds. Bin 0 is for what is not known. */
export interface Binning {
  readonly thresholds: readonly (readonly number[])[]
}

/** Features in bins, one column after the other: what trees are grown on. */
export interface Binned extends Binning {
  readonly columns: readonly Uint8Array[]
  readonly rows: number
}

/** The most bins that a byte has room for, beside the one for what is not known. */
const MOST_BINS = 255

/**
 * Puts the features of all rows into bins of about equally many rows. Trees then look for their splits in counts of
 * bins and not in sorted values, which makes them fast, as LightGBM and scikit-learn's histogram trees do.
 */
export function binned(rows: readonly FeatureRow[], mostBins = 64): Binned {
  const features = rows[0]?.length ?? 0
  const thresholds = Array.from({ length: features }, (_, feature) =>
    thresholdsOf(columnOf(rows, feature), Math.min(mostBins, MOST_BINS)),
  )
  const columns = thresholds.map((own, feature) =>
    Uint8Array.from(rows, (row) => binOf(row[feature] ?? Number.NaN, own)),
  )
  return { thresholds, columns, rows: rows.length }
}

const columnOf = (rows: readonly FeatureRow[], feature: number): Float64Array =>
  Float64Array.from(rows, (row) => row[feature] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value))
    .sort()

/** Halfway between neighbours that differ, at equal distances of rank. */
function thresholdsOf(sorted: Float64Array, bins: number): readonly number[] {
  const found = new Set<number>()
  for (let bin = 1; bin < bins; bin += 1) {
    const rank = Math.floor((bin * sorted.length) / bins)
    const here = sorted[rank] ?? Number.NaN
    const before = sorted[rank - 1] ?? here
    if (here > before) found.add((here + before) / 2)
  }
  // A feature of few values has its change seldom just at such a rank.
  return found.size < bins / 4 ? thresholdsOfFew(sorted, bins) : [...found]
}

function thresholdsOfFew(sorted: Float64Array, bins: number): readonly number[] {
  const values = [...new Set(sorted)]
  const every = Math.max(1, Math.ceil(values.length / bins))
  return values
    .slice(1)
    .map((value, index) => ((values[index] ?? value) + value) / 2)
    .filter((_, index) => index % every === 0)
}

/** The bin of a value: 0 when it is not known. */
export function binOf(value: number, thresholds: readonly number[]): number {
  if (Number.isNaN(value)) return 0
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value > (thresholds[middle] ?? Number.POSITIVE_INFINITY)) low = middle + 1
    else high = middle
  }
  return low + 1
}
