import { decimalOf } from '../../analysis/cost/decimal.ts'
import type { PowerStep } from '../../analysis/cost/demand.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import type { ReadingSeries } from '../telemetry/index.ts'
import type { PueFigure } from './question.ts'

/** The meters of the site of one cluster, over the same steps as its power. */
export interface SiteMeters {
  readonly rows: readonly ReadingSeries[]
  /** When the first value's step begins, in unix seconds. */
  readonly from: number
  readonly stepSeconds: number
}

/**
 * PUE is a quotient of energies of the same time: steps that lack either are in neither. Below 1 it cannot be, so the
 * configured one stands, as it does where nobody measures.
 */
export function pueOf(
  power: readonly PowerStep[],
  meters: SiteMeters,
  assumed: number | null,
): PueFigure {
  let site = 0
  let own = 0
  for (const { from, until, watts } of power) {
    const drawn = siteWatts(meters, from)
    if (watts === null || drawn === null) continue
    site += drawn * (until - from)
    own += watts * (until - from)
  }
  if (own > 0 && site >= own) return { pue: decimalOf(site / own), source: 'measured' }
  if (assumed !== null) return { pue: decimalOf(assumed), source: 'assumed' }
  return { pue: null, source: null }
}

/** The meters together; null where one of them is silent, since the rest would pass for all. */
function siteWatts({ rows, from, stepSeconds }: SiteMeters, time: number): number | null {
  const read = rows.map(({ values }) => values[Math.floor((time - from) / stepSeconds)] ?? null)
  return read.length === 0 || read.includes(null) ? null : sumKnown(read)
}
