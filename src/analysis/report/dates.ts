/** Calendar dates as texts, `2026-03-29`: they compare in order of time, and know of no zone. */
export type CalendarDate = string

const DAY_MS = 86_400_000
const DATE = /^\d{4}-\d{2}-\d{2}$/

const utc = (date: CalendarDate): number => Date.parse(`${date}T00:00:00Z`)
const dateOf = (milliseconds: number): CalendarDate =>
  new Date(milliseconds).toISOString().slice(0, 10)

/** Whether a text is a date that the calendar has: `2026-02-30` is none. */
export function isDate(text: string): boolean {
  return DATE.test(text) && !Number.isNaN(utc(text)) && dateOf(utc(text)) === text
}

/** The date so many days later, or earlier. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  return dateOf(utc(date) + days * DAY_MS)
}

/** The same day of a month later or earlier; the last of a month that is too short for it. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return dateOf(Date.UTC(year, month - 1 + months, Math.min(day, last)))
}

/** How many days there are from one date to another, both counted. */
export function daysBetween(first: CalendarDate, last: CalendarDate): number {
  return Math.round((utc(last) - utc(first)) / DAY_MS) + 1
}

/** The Monday on or before a date. */
export function mondayOf(date: CalendarDate): CalendarDate {
  const weekday = new Date(utc(date)).getUTCDay()
  return addDays(date, -((weekday + 6) % 7))
}
