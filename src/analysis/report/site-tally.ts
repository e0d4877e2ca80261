import type { StepTotal } from './power-tally.ts'

/** The facility beside its computers: steps in which both were measured, and computers alone. */
export interface SiteTally {
  readonly facilityJoules: number | null
  readonly itJoules: number | null
  readonly coveredSeconds: number
}

/**
 * The energy of the facility and of the computers in the same time: PUE is a quotient of energies of one time, so
 * steps that lack either are in neither. Without a meter of the facility, the computers alone.
 */
export function siteEnergy(
  steps: readonly StepTotal[],
  facility: ReadonlyMap<number, number>,
): SiteTally {
  const computers = steps.flatMap(({ until, seconds, watts }) =>
    watts === null ? [] : [{ seconds, watts, site: facility.get(until) ?? null }],
  )
  const both = computers.filter(({ site }) => site !== null)
  const counted = both.length > 0 ? both : computers
  const joules = (pick: (step: (typeof counted)[number]) => number): number =>
    counted.reduce((sum, step) => sum + pick(step) * step.seconds, 0)
  return {
    facilityJoules: both.length === 0 ? null : joules(({ site }) => site ?? 0),
    itJoules: counted.length === 0 ? null : joules(({ watts }) => watts),
    coveredSeconds: counted.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}
