/** A half-open stretch of time: `start` ≤ t < `end`. */
export interface LocalDay {
  readonly start: Date
  readonly end: Date
}

const SECOND = 1000
const HOUR = 3600 * SECOND

/**
 * The day of a date (`2026-03-29`) in an IANA zone: 23, 24 or 25 hours, or none where a zone skipped it. Days follow
 * one another without gap or overlap. Throws a RangeError for a zone that `Intl` does not know.
 */
export function localDay(date: string, zone: string): LocalDay {
  const dateAt = localDates(zone)
  return { start: startOf(date, dateAt), end: startOf(dayAfter(date), dateAt) }
}

/** The date that it is in a zone at a time. */
export function localDate(time: Date, zone: string): string {
  return localDates(zone)(time.getTime())
}

type DateAt = (milliseconds: number) => string

function localDates(zone: string): DateAt {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return (milliseconds) => {
    const parts = new Map(
      format.formatToParts(milliseconds).map(({ type, value }) => [type, value]),
    )
    const { year = '', month = '', day = '' } = Object.fromEntries(parts)
    return `${year.padStart(4, '0')}-${month}-${day}`
  }
}

/** The first second with this date or a later one. Zones are at most 14 hours ahead of UTC and 12 behind. */
function startOf(date: string, dateAt: DateAt): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`)
  let before = midnight - 16 * HOUR
  let after = midnight + 16 * HOUR
  while (after - before > SECOND) {
    const middle = before + Math.floor((after - before) / 2 / SECOND) * SECOND
    if (dateAt(middle) < date) before = middle
    else after = middle
  }
  return new Date(after)
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 24 * HOUR).toISOString().slice(0, 10)
}
