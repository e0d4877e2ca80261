import { ONE, times, type Decimal } from './decimal.ts'
import { localClock, type LocalTime } from './local-clock.ts'
import type { DayKind, Schedule, Season, Tariff } from './tariff.ts'

/** What a kWh costs at a time, and why. */
export interface Rate {
  readonly tariff: string
  readonly price: Decimal
  readonly band: string
  readonly season: string
  /** The share that is taken off; 0 for none. */
  readonly discount: Decimal
  readonly schedule: Schedule
}

/** A stretch of time with one rate; null where the tariff has none. In milliseconds, half-open. */
export interface RatePeriod {
  readonly from: number
  readonly until: number
  readonly rate: Rate | null
}

/** Bands begin at whole quarters of an hour, and so do all the world's zones. */
export const QUARTER = 15 * 60_000

/** Reads the rates of one tariff. Throws a RangeError for a zone that `Intl` does not know. */
export function rateReader(tariff: Tariff): (milliseconds: number) => Rate | null {
  const clock = localClock(tariff.zone)
  return (milliseconds) => rateAt(tariff, clock(milliseconds))
}

/** The rates of a stretch of time, in order and without gap; each is another one than that before. */
export function ratePeriods(
  tariff: Tariff,
  { from, until }: Pick<RatePeriod, 'from' | 'until'>,
): readonly RatePeriod[] {
  const read = rateReader(tariff)
  const quarters: RatePeriod[] = []
  for (let at = from; at < until; at = nextQuarter(at))
    quarters.push({ from: at, until: Math.min(until, nextQuarter(at)), rate: read(at) })
  const begins = quarters.filter(
    ({ rate }, index) => index === 0 || !isSame(quarters[index - 1]?.rate ?? null, rate),
  )
  return begins.map((period, index) => ({ ...period, until: begins[index + 1]?.from ?? until }))
}

const nextQuarter = (at: number): number => (Math.floor(at / QUARTER) + 1) * QUARTER

function isSame(a: Rate | null, b: Rate | null): boolean {
  if (a === null) return b === null
  if (b === null) return false
  return (
    a.price === b.price && a.band === b.band && a.season === b.season && a.schedule === b.schedule
  )
}

function rateAt(tariff: Tariff, time: LocalTime): Rate | null {
  const schedule = scheduleOn(tariff, time.date)
  const season = schedule?.seasons.find(({ months }) => months.includes(time.month))
  if (schedule === undefined || season === undefined) return null
  const day = dayKind(tariff, time)
  const band = season.days[day].find((each) => isWithin(each, time.minutes))?.band
  const price = band === undefined ? undefined : season.prices[band]
  if (band === undefined || price === undefined) return null
  const discount = discountAt(season, day, time)
  return {
    tariff: tariff.name,
    price: times(price, ONE - discount),
    band,
    season: season.name,
    discount,
    schedule,
  }
}

/** The schedule that is in force on a local date. */
export function scheduleOn({ schedules }: Tariff, date: string): Schedule | undefined {
  return schedules.find(({ from, until }) => from <= date && (until === null || date < until))
}

function dayKind({ holidays }: Tariff, { date, weekday }: LocalTime): DayKind {
  if (holidays.has(date)) return 'holiday'
  if (weekday === 0) return 'sunday'
  return weekday === 6 ? 'saturday' : 'weekday'
}

const isWithin = ({ from, until }: { from: number; until: number }, minutes: number): boolean =>
  from <= minutes && minutes < until

function discountAt({ discounts }: Season, day: DayKind, { date, minutes }: LocalTime): Decimal {
  const given = discounts.find(
    (each) =>
      each.days.includes(day) &&
      isWithin(each, minutes) &&
      (each.ends === null || date < each.ends),
  )
  return given?.share ?? 0n
}
