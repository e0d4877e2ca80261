import { invalidRequest } from './errors.ts'

/** A half-open window of time, `start` ≤ t < `end`, and the distance of its points. */
export interface TimeRange {
  readonly start: Date
  readonly end: Date
  readonly stepSeconds: number
}

const SECONDS = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
  mo: 2_592_000,
}
type DurationUnit = keyof typeof SECONDS
const DURATION = /^(?:\d+mo|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/
const PART = /(\d+)(mo|ms|[smhdwy])/g

/** What a duration may look like, for messages. */
export const DURATION_FORMAT = 'a duration such as 30s, 5m, 1h30m, 1d, 1w, or 1mo for 30 days'

/**
 * Seconds of a duration as Prometheus writes it (`30s`, `5m`, `1h30m`, `1d`, `1w`), and `1mo` for 30 days.
 * `1m` is one minute. Undefined when the text is none, or is zero.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '' || text.length > 32 || !DURATION.test(text)) return undefined
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(PART)) {
    seconds += Number(amount) * SECONDS[unit as DurationUnit]
  }
  return seconds > 0 && Number.isSafeInteger(Math.ceil(seconds)) ? seconds : undefined
}

/** The most points that Prometheus gives per series (`web/api/v1/api.go`, "exceeded maximum resolution"). */
export const MOST_POINTS = 11_000
const DEFAULT_POINTS = 500
const STEPS = [15, 30, 60, 300, 900, 3600, 21_600, 86_400] as const

/** What a request says about its window; times are RFC 3339 or unix seconds. */
export interface WindowRequest {
  readonly period?: string | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly step?: string | undefined
}

/**
 * The window of a request: `period` (default one hour) that ends at `now`, or `start` and `end`. Both ends lie
 * on multiples of the step, so that equal questions share an answer. Rejects with `invalid_request`, which
 * names the parameter: a bad duration or time, `start` not before `end`, more points than `mostPoints`, which is
 * 11,000 for whoever reads the window at once.
 */
export function resolveWindow(
  request: WindowRequest,
  now: Date,
  mostPoints: number = MOST_POINTS,
): TimeRange {
  const { start, end } = boundsOf(request, now)
  const length = (end.getTime() - start.getTime()) / 1000
  const stepSeconds = stepOf(request.step, length, mostPoints)
  const step = stepSeconds * 1000
  const lastStep = Math.max(1, Math.floor(end.getTime() / step))
  const firstStep = Math.min(Math.floor(start.getTime() / step), lastStep - 1)
  return { start: new Date(firstStep * step), end: new Date(lastStep * step), stepSeconds }
}

/** A window in so many steps at most: longer ones that begin a little later, so that they fill it up to its end. */
export function coarseRange(range: TimeRange, mostSteps: number): TimeRange {
  const { start, end, stepSeconds } = range
  const steps = Math.round((end.getTime() - start.getTime()) / 1000 / stepSeconds)
  const factor = Math.ceil(steps / mostSteps)
  const step = stepSeconds * factor
  const kept = Math.max(1, Math.floor(steps / factor))
  return { start: new Date(end.getTime() - kept * step * 1000), end, stepSeconds: step }
}

const FINE_POINTS = 480

/**
 * The same window for figures of the whole of it, such as energy: it ends at its very end and not at the last
 * whole step, in fine steps of whole seconds. It begins less than one such step before its start, so that the
 * steps fill it. Rejects as `resolveWindow` does.
 */
export function fineWindow(request: WindowRequest, now: Date): TimeRange {
  const { start, end } = boundsOf(request, now)
  const last = Math.floor(end.getTime() / 1000)
  const length = Math.max(1, last - start.getTime() / 1000)
  const stepSeconds = Math.ceil(length / FINE_POINTS)
  const first = last - Math.ceil(length / stepSeconds) * stepSeconds
  return { start: new Date(first * 1000), end: new Date(last * 1000), stepSeconds }
}

/**
 * The window of a request as it says, without steps: `period` (default one hour) that ends at `now`, or `start` and
 * `end`. Rejects as `resolveWindow` does.
 */
export function boundsOf(request: WindowRequest, now: Date): { start: Date; end: Date } {
  const { period, start: startText, end: endText } = request
  if (startText === undefined) {
    if (endText !== undefined) throw invalidRequest('/query/end', 'needs start beside it')
    const seconds = parseDuration(period ?? '1h')
    if (seconds === undefined) throw invalidRequest('/query/period', `must be ${DURATION_FORMAT}`)
    return checked(new Date(now.getTime() - seconds * 1000), now)
  }
  if (period !== undefined)
    throw invalidRequest('/query/period', 'cannot stand beside start: give one or the other')
  const start = parseTime('/query/start', startText)
  return checked(start, endText === undefined ? now : parseTime('/query/end', endText))
}

/** The window of a list of what is kept: all of it without one. Rejects as `resolveWindow` does. */
export function keptWithin(
  { period, start, end }: WindowRequest,
  now: Date,
): { readonly from?: Date; readonly until?: Date | undefined } {
  if (period === undefined && start === undefined && end === undefined) return {}
  const { start: from, end: until } = boundsOf({ period, start, end }, now)
  // What befell at this very moment is part of it.
  return { from, until: end === undefined ? undefined : until }
}

function checked(start: Date, end: Date): { start: Date; end: Date } {
  if (Number.isNaN(start.getTime()) || start.getTime() < 0)
    throw invalidRequest('/query/period', 'reaches back before 1970')
  if (start >= end) throw invalidRequest('/query/start', 'must be before end')
  return { start, end }
}

function stepOf(text: string | undefined, lengthSeconds: number, mostPoints: number): number {
  if (text === undefined)
    return (
      STEPS.find((step) => lengthSeconds / step <= DEFAULT_POINTS) ??
      Math.ceil(lengthSeconds / DEFAULT_POINTS / 86_400) * 86_400
    )
  const step = parseDuration(text)
  if (step === undefined) throw invalidRequest('/query/step', `must be ${DURATION_FORMAT}`)
  if (step < 1) throw invalidRequest('/query/step', 'must be at least 1s')
  if (lengthSeconds / step > mostPoints) {
    const smallest = Math.ceil(lengthSeconds / mostPoints)
    throw invalidRequest(
      '/query/step',
      `gives more than ${mostPoints} points per series: the smallest step for this window is ${smallest}s`,
    )
  }
  return step
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/
const UNIX_SECONDS = /^\d{1,11}(?:\.\d+)?$/

function parseTime(pointer: string, text: string): Date {
  // A plus that came unencoded in a query string reads as a space.
  const repaired = text.replace(/ (\d{2}:\d{2})$/, '+$1')
  const time = UNIX_SECONDS.test(text)
    ? new Date(Number(text) * 1000)
    : RFC3339.test(repaired)
      ? new Date(repaired)
      : new Date(Number.NaN)
  if (Number.isNaN(time.getTime()))
    throw invalidRequest(
      pointer,
      'must be a time as RFC 3339 (2026-11-20T05:00:00Z) or unix seconds',
    )
  return time
}
