import { groupBy } from './group.ts'
import { highestKnown, sumOf } from './sum.ts'

/** What one meter reads of a thing, or of one of the parts that add up to it. */
export interface Metered {
  readonly part: string | null
  readonly watts: number
}

/**
 * The watts of a thing that one source reads by one or several meters. A meter that sees the whole counts before
 * its parts; a part that is read twice counts once, with the highest; null when a part has no believable value,
 * since the rest would pass for the whole.
 */
export function wholeOf(
  readings: readonly Metered[],
  isBelievable: (watts: number) => boolean,
): number | null {
  const believed = (meters: readonly Metered[]): number | null =>
    highestKnown(meters.map(({ watts }) => watts).filter(isBelievable))
  const whole = believed(readings.filter(({ part }) => part === null))
  if (whole !== null) return whole
  const parts = groupBy(
    readings.filter(({ part }) => part !== null),
    ({ part }) => part ?? '',
  )
  const watts = [...parts.values()].map(believed)
  const known = watts.filter((part) => part !== null)
  return known.length === 0 || known.length < watts.length ? null : sumOf(known)
}
