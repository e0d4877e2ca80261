/** What the windows that a model learnt from were like. */
export interface Seen {
  /** Lowest and highest of each feature; null where no window had it. */
  readonly ranges: readonly (readonly [lowest: number, highest: number] | null)[]
  /** Which features were known, as a text of 0 and 1 for each window: every such text once. */
  readonly known: readonly string[]
}

/** More ways of being incomplete than this are not told apart. */
const MOST_PATTERNS = 64

/** Remembers what some rows are like. */
export function trainedOn(rows: readonly (readonly number[])[]): Seen {
  const features = rows[0]?.length ?? 0
  return {
    ranges: Array.from({ length: features }, (_, feature) => rangeOf(rows, feature)),
    known: [...new Set(rows.map(patternOf))].slice(0, MOST_PATTERNS),
  }
}

function rangeOf(rows: readonly (readonly number[])[], feature: number): Seen['ranges'][number] {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    const value = row[feature] ?? Number.NaN
    if (value < lowest) lowest = value
    if (value > highest) highest = value
  }
  return lowest <= highest ? [lowest, highest] : null
}

const patternOf = (row: readonly number[]): string =>
  row.map((value) => (Number.isNaN(value) ? '0' : '1')).join('')

/** A feature this far beyond its range, as a share of the range, is outside. */
const MARGIN = 0.1
/** So many features outside make a window unlike all others. */
const MOST_OUTSIDE_SHARE = 0.12

/** Null for a row like those that were learnt from; else in words how it differs. */
export function isSeen(
  { seen, features }: { readonly seen: Seen; readonly features: readonly string[] },
  row: readonly number[],
): string | null {
  if (seen.known.length < MOST_PATTERNS && !seen.known.includes(patternOf(row)))
    return 'other figures are known of it than of all workloads that were learnt from'
  const outside = row.flatMap((value, feature) =>
    isOutside(value, seen.ranges[feature] ?? null) ? [features[feature] ?? ''] : [],
  )
  if (outside.length <= MOST_OUTSIDE_SHARE * row.length) return null
  return `unlike all workloads that were learnt from in ${outside.slice(0, 5).join(', ')}`
}

function isOutside(value: number, range: Seen['ranges'][number]): boolean {
  if (Number.isNaN(value) || range === null) return false
  const [lowest, highest] = range
  const margin = MARGIN * Math.max(highest - lowest, 1e-9)
  return value < lowest - margin || value > highest + margin
}
