import { invalidRequest, KCloudError, type FieldError } from '../../kernel/errors.ts'
import { localDate, localDay } from '../power/local-days.ts'
import { addDays, addMonths, daysBetween, isDate, mondayOf, type CalendarDate } from './dates.ts'

export const TEMPLATES = ['daily', 'weekly', 'monthly', 'custom'] as const

export type Template = (typeof TEMPLATES)[number]

/** The longest period of a report, in days. */
export const MOST_DAYS = 400

/** What a request says of the period of its report. */
export interface PeriodRequest {
  readonly template: Template
  readonly start_date?: string | undefined
  readonly end_date?: string | undefined
  readonly timezone: string
}

/** Whole days of a zone, from the first to the last; `end` is earlier than theirs while they are not over. */
export interface Period {
  readonly first: CalendarDate
  readonly last: CalendarDate
  readonly zone: string
  readonly start: Date
  readonly end: Date
  /** Whether the last day is over. */
  readonly isOver: boolean
}

export interface ReportPeriods {
  readonly period: Period
  /** What the period is compared with: the one before, of as much time as has gone by of a period that is not over. */
  readonly previous: Period
}

/** Figures are of steps of a quarter of an hour; what is younger than a minute may not have been scraped. */
const STEP_MS = 900_000
const SETTLING_MS = 60_000

/** The period of a report and the one before. Rejects with `invalid_request`, which names the parameter. */
export function periodsOf(request: PeriodRequest, now: Date): ReportPeriods {
  const zone = zoneOf(request.timezone)
  checkDates(request)
  const today = localDate(now, zone)
  const dates = datesOf(request, today)
  if (dates.first > today)
    throw invalidRequest('/query/start_date', `must not be after ${today}, today in ${zone}`)
  const whole = wholeDays(dates, zone)
  if (whole.start >= whole.end)
    throw invalidRequest('/query/start_date', `is a date that ${zone} skipped`)
  const period = upTo(whole, now)
  if (period.start >= period.end)
    throw invalidRequest('/query/start_date', 'is too young: no quarter of an hour of it is over')
  return { period, previous: previousOf(request.template, period) }
}

/** An IANA zone as it is written. */
function zoneOf(text: string): string {
  try {
    if (/^[A-Za-z]/.test(text))
      return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw invalidRequest('/query/timezone', 'must be an IANA time zone such as Asia/Seoul or UTC')
}

function checkDates({ template, start_date: start, end_date: end }: PeriodRequest): void {
  checkDate('start_date', start)
  checkDate('end_date', end)
  if (template === 'custom') checkCustom(start, end)
  if (start !== undefined && end !== undefined && end < start)
    throw invalidRequest('/query/end_date', 'must not be before start_date')
}

function checkDate(name: 'start_date' | 'end_date', text: string | undefined): void {
  if (text !== undefined && (!isDate(text) || text < '1970-01-02'))
    throw invalidRequest(`/query/${name}`, 'must be a date such as 2026-11-20, from 1970-01-02 on')
}

function checkCustom(start: string | undefined, end: string | undefined): void {
  const detail = 'is needed for template=custom'
  const errors: readonly FieldError[] = [
    ...(start === undefined ? [{ pointer: '/query/start_date', detail }] : []),
    ...(end === undefined ? [{ pointer: '/query/end_date', detail }] : []),
  ]
  if (errors.length > 0)
    throw new KCloudError('invalid_request', {
      detail: `template=custom needs start_date and end_date`,
      errors,
    })
}

interface Dates {
  readonly first: CalendarDate
  readonly last: CalendarDate
}

function datesOf(request: PeriodRequest, today: CalendarDate): Dates {
  const { template, start_date: start, end_date: end } = request
  if (template === 'custom') return customDates(start ?? today, end ?? today)
  const first = start ?? (end === undefined ? LATEST[template](today) : FIRST[template](end))
  const last = LAST[template](first)
  if (end !== undefined && end !== last)
    throw invalidRequest(
      '/query/end_date',
      `is ${last} for template=${template} from ${first}; template=custom takes any dates`,
    )
  return { first, last }
}

function customDates(first: CalendarDate, last: CalendarDate): Dates {
  if (daysBetween(first, last) > MOST_DAYS)
    throw invalidRequest('/query/end_date', `must be at most ${MOST_DAYS} days from start_date`)
  return { first, last }
}

type Regular = Exclude<Template, 'custom'>
type DateOf = Readonly<Record<Regular, (date: CalendarDate) => CalendarDate>>

/** The last day of what begins on a date. */
const LAST: DateOf = {
  daily: (first) => first,
  weekly: (first) => addDays(first, 6),
  monthly: (first) => addDays(addMonths(first, 1), -1),
}

/** The first day of what ends on a date. */
const FIRST: DateOf = {
  daily: (last) => last,
  weekly: (last) => addDays(last, -6),
  monthly: (last) => addMonths(addDays(last, 1), -1),
}

/** The first day of the latest that is over: yesterday, the last whole week from Monday, the last calendar month. */
const LATEST: DateOf = {
  daily: (today) => addDays(today, -1),
  weekly: (today) => addDays(mondayOf(today), -7),
  monthly: (today) => addMonths(`${today.slice(0, 7)}-01`, -1),
}

function wholeDays({ first, last }: Dates, zone: string): Period {
  const { start } = localDay(first, zone)
  const { end } = localDay(last, zone)
  return { first, last, zone, start, end, isOver: true }
}

function upTo(period: Period, now: Date): Period {
  if (now.getTime() - SETTLING_MS >= period.end.getTime()) return period
  const steps = Math.floor((now.getTime() - SETTLING_MS - period.start.getTime()) / STEP_MS)
  const end = new Date(period.start.getTime() + Math.max(0, steps) * STEP_MS)
  return { ...period, end, isOver: end.getTime() === period.end.getTime() }
}

function previousOf(template: Template, period: Period): Period {
  const last = addDays(period.first, -1)
  const days = daysBetween(period.first, period.last)
  const first = template === 'monthly' ? addMonths(period.first, -1) : addDays(last, 1 - days)
  const whole = wholeDays({ first, last }, period.zone)
  if (period.isOver) return whole
  const end = whole.start.getTime() + (period.end.getTime() - period.start.getTime())
  return { ...whole, end: new Date(Math.min(end, whole.end.getTime())) }
}
