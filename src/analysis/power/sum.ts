/**
 * A sum in which small terms are not lost beside large ones, and which is the same in whatever order they come.
 * (A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974.)
 */
export function sumOf(terms: readonly number[]): number {
  if (terms.length < 3) return (terms[0] ?? 0) + (terms[1] ?? 0)
  let sum = 0
  let lost = 0
  for (const term of Float64Array.from(terms).sort()) {
    const next = sum + term
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum
    sum = next
  }
  return sum + lost
}

/** The sum of those that are known; null when none is. */
export function sumKnown(terms: readonly (number | null)[]): number | null {
  const known = terms.filter((term) => term !== null)
  return known.length === 0 ? null : sumOf(known)
}

/** The sum of all; null when one of them is not known, or there is none. */
export function sumWhole(terms: readonly (number | null)[]): number | null {
  return terms.includes(null) ? null : sumKnown(terms)
}

/** What series come to together at each step of the first: the sum of those that are known there. */
export function stepSums(
  series: readonly (readonly (number | null)[])[],
): readonly (number | null)[] {
  const [first = []] = series
  return first.map((_, step) => sumKnown(series.map((points) => points[step] ?? null)))
}

/** The mean of those that are known; null when none is. */
export function meanKnown(terms: readonly (number | null)[]): number | null {
  const known = terms.filter((term) => term !== null)
  return known.length === 0 ? null : sumOf(known) / known.length
}

/** The highest of those that are known; null when none is. */
export function highestKnown(terms: readonly (number | null)[]): number | null {
  return terms.reduce<number | null>((highest, term) => {
    if (term === null || highest === null) return term ?? highest
    return Math.max(highest, term)
  }, null)
}

/** A total in proportion to weights, which are not negative. All null when no weight is positive. */
export function apportion(total: number, weights: readonly number[]): readonly number[] | null {
  const whole = sumOf(weights)
  return whole > 0 ? weights.map((weight) => total * (weight / whole)) : null
}

/** A quantity that can be one: not negative and finite, else null. */
export function believable(quantity: number | null): number | null {
  return quantity !== null && quantity >= 0 && Number.isFinite(quantity) ? quantity : null
}
