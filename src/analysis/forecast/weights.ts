import type { MemberName, Predictions } from './members.ts'

/** The share of each member in a combination; they add up to one. Members without a share are not named. */
export type Weights = ReadonlyMap<MemberName, number>

/** The squared errors of an origin, by member. */
export interface OriginErrors {
  readonly origin: number
  readonly squares: ReadonlyMap<MemberName, number>
}

/** The error counts to this power, so that a member half as good as another has a sixteenth of its share. */
const POWER = 4
/** With fewer days of evidence than this, part of the shares stays with persistence. */
const FULL_DAYS = 7
const LEAST_DAYS = 2
/** What has a smaller share than this has none. */
const LEAST_SHARE = 0.01

/**
 * The shares by the errors that were made: each member's is its error to the power of -4. Persistence always takes
 * part, and is alone while there is less than two days of evidence.
 */
export function weightsOf(
  errors: readonly OriginErrors[],
  members: Predictions,
  { day, stride }: { readonly day: number; readonly stride: number },
): Weights {
  const days = (errors.length * stride) / day
  const alone: Weights = new Map([['persistence', 1]])
  if (days < LEAST_DAYS) return alone
  const quality = new Map<MemberName, number>([['persistence', 1]])
  for (const [name, predicted] of members) {
    if (name === 'persistence' || predicted === null) continue
    const ratio = errorRatio(errors, name)
    if (ratio !== null) quality.set(name, Math.max(ratio, 0.05) ** -POWER)
  }
  return sharesOf(quality, Math.min(1, days / FULL_DAYS))
}

/** The error of a member by that of persistence at the same origins; null where too few can be compared. */
function errorRatio(errors: readonly OriginErrors[], name: MemberName): number | null {
  let own = 0
  let naive = 0
  let count = 0
  for (const { squares } of errors) {
    const square = squares.get(name)
    if (square === undefined) continue
    own += square
    naive += squares.get('persistence') ?? 0
    count += 1
  }
  return count < 5 || naive === 0 ? null : Math.sqrt(own / naive)
}

function sharesOf(quality: ReadonlyMap<MemberName, number>, trust: number): Weights {
  const total = [...quality.values()].reduce((sum, value) => sum + value, 0)
  const kept = [...quality].filter(
    ([name, value]) => name === 'persistence' || value / total >= LEAST_SHARE,
  )
  const sum = kept.reduce((all, [, value]) => all + value, 0)
  return new Map(
    kept.map(([name, value]) => {
      const share = (trust * value) / sum
      return [name, name === 'persistence' ? share + 1 - trust : share]
    }),
  )
}
