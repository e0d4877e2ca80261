import { localDate, localDay } from '../../analysis/power/local-days.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { boundsOf, parseDuration } from '../../kernel/time-range.ts'

interface Bounds {
  readonly start: Date
  readonly end: Date
}

const DAY = 86_400_000
const ALLOWED =
  'must be today, yesterday, week, lastweek, month, lastmonth, a duration such as 30m, 12h, 7d or 1w, one with "offset 1d", or two times with a comma'

/**
 * A window as OpenCost writes it, half-open: days, weeks (from Monday) and months are those of an IANA zone, durations
 * end now. Rejects with `invalid_request`.
 */
export function allocationWindow(text: string, at: Date, zone: string): Bounds {
  const named = NAMED[text]
  if (named !== undefined) return named(at, zone)
  const [first = '', second, ...rest] = text.split(',')
  if (second !== undefined && rest.length === 0) return pair(first.trim(), second.trim(), at)
  return lasting(text.trim(), at)
}

function lasting(text: string, at: Date): Bounds {
  const [, length = '', offset] = /^(\S+?)(?:\s+offset\s+(\S+))?$/.exec(text) ?? []
  const seconds = parseDuration(length)
  const back = offset === undefined ? 0 : parseDuration(offset)
  if (seconds === undefined || back === undefined) throw invalidRequest('/query/window', ALLOWED)
  const end = new Date(at.getTime() - back * 1000)
  return { start: new Date(end.getTime() - seconds * 1000), end }
}

function pair(start: string, end: string, at: Date): Bounds {
  try {
    return boundsOf({ start, end }, at)
  } catch {
    throw invalidRequest('/query/window', ALLOWED)
  }
}

type Named = (at: Date, zone: string) => Bounds

const NAMED: Readonly<Record<string, Named>> = {
  today: (at, zone) => ({ start: localDay(localDate(at, zone), zone).start, end: at }),
  yesterday: (at, zone) => localDay(plusDays(localDate(at, zone), -1), zone),
  week: (at, zone) => ({ start: dayStart(monday(localDate(at, zone)), zone), end: at }),
  lastweek: (at, zone) => {
    const begin = monday(localDate(at, zone))
    return { start: dayStart(plusDays(begin, -7), zone), end: dayStart(begin, zone) }
  },
  month: (at, zone) => ({ start: dayStart(monthOf(localDate(at, zone), 0), zone), end: at }),
  lastmonth: (at, zone) => {
    const date = localDate(at, zone)
    return { start: dayStart(monthOf(date, -1), zone), end: dayStart(monthOf(date, 0), zone) }
  },
}

const dayStart = (date: string, zone: string): Date => localDay(date, zone).start

const plusDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)

function monday(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return plusDays(date, -((weekday + 6) % 7))
}

function monthOf(date: string, more: number): string {
  const [year = 0, month = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1 + more, 1)).toISOString().slice(0, 10)
}
