import type { Decimal } from './decimal.ts'

// A tariff is data: what a supplier's price list says, with the dates between which it says so.

/** The kinds of days that a price list tells apart. A public holiday is one whatever its day of the week. */
export const DAY_KINDS = ['weekday', 'saturday', 'sunday', 'holiday'] as const

export type DayKind = (typeof DAY_KINDS)[number]

/** A part of a local day, from `from` until before `until`, in minutes on the clock. Past midnight it is two. */
export interface Band {
  readonly from: number
  readonly until: number
  readonly band: string
}

/** A part of some days in which the price is lower by a share. */
export interface Discount {
  readonly days: readonly DayKind[]
  readonly from: number
  readonly until: number
  /** 0 to 1. */
  readonly share: Decimal
  /** The first local date on which it is no longer given; null for one without end. */
  readonly ends: string | null
}

/** Some months of the year with prices of their own. */
export interface Season {
  readonly name: string
  readonly months: readonly number[]
  /** For each kind of day, bands that fill it. */
  readonly days: Readonly<Record<DayKind, readonly Band[]>>
  /** For a kWh, by band. */
  readonly prices: Readonly<Record<string, Decimal>>
  readonly discounts: readonly Discount[]
}

/** What the highest demand costs. */
export interface DemandRule {
  /** For a kW and month. */
  readonly price: Decimal
  /** How many months before this one may set the demand that is billed; 0 for none. */
  readonly ratchetMonths: number
  /** Of those, which months of the year count. */
  readonly ratchetOf: readonly number[]
  /** Highest demands in kW that bills say, by month: `2026-07`. */
  readonly knownPeaks: Readonly<Record<string, number>>
}

/** What a price list says between two local dates, the second one not included. */
export interface Schedule {
  readonly from: string
  readonly until: string | null
  readonly sourceUrl: string | null
  /** Whether every figure was compared with its source. */
  readonly verified: boolean
  readonly note: string | null
  readonly seasons: readonly Season[]
  readonly demand: DemandRule | null
}

/** One supplier's price list through time. */
export interface Tariff {
  readonly name: string
  readonly currency: string
  readonly zone: string
  /** The clusters that it is for; null for all that have no other. */
  readonly clusters: readonly string[] | null
  readonly holidays: ReadonlySet<string>
  readonly schedules: readonly Schedule[]
}

/** The tariff of a cluster: one that names it, else the first one for all. */
export function tariffOf(tariffs: readonly Tariff[], cluster: string): Tariff | null {
  return (
    tariffs.find(({ clusters }) => clusters?.includes(cluster) === true) ??
    tariffs.find(({ clusters }) => clusters === null) ??
    null
  )
}
