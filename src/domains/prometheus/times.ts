import { KCloudError } from '../../kernel/errors.ts'
import { MOST_POINTS, parseDuration } from '../../kernel/time-range.ts'
import type { QueryTimes } from '../../services/canonical/index.ts'
import type { CallParameters } from './schemas.ts'

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/
const NUMBER = /^-?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i
const LATEST_SECONDS = 1e11

/** A time as Prometheus reads it, in milliseconds. Rejects with `invalid_request`. */
export function millisecondsIn(name: keyof CallParameters, text: string): number {
  // A plus that came unencoded reads as a space.
  const repaired = text.replace(/ (\d{2}:\d{2})$/, '+$1')
  const seconds = NUMBER.test(text)
    ? Number(text)
    : RFC3339.test(repaired)
      ? Date.parse(repaired) / 1000
      : Number.NaN
  if (Number.isFinite(seconds) && Math.abs(seconds) < LATEST_SECONDS)
    return Math.round(seconds * 1000)
  throw bad(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`)
}

/** The one time of an instant query: now when it is not said. */
export function instantOf({ time }: CallParameters, now: Date): QueryTimes {
  const startMs = time === undefined || time === '' ? now.getTime() : millisecondsIn('time', time)
  return { startMs, stepMs: 1, steps: 1 }
}

/** The times of a range query. Rejects with `invalid_request` as Prometheus does. */
export function rangeOf(call: CallParameters): QueryTimes {
  const startMs = millisecondsIn('start', required(call, 'start'))
  const endMs = millisecondsIn('end', required(call, 'end'))
  if (endMs < startMs) throw bad('end', 'end timestamp must not be before start time')
  const stepMs = stepIn(required(call, 'step'))
  const steps = Math.floor((endMs - startMs) / stepMs) + 1
  if (steps > MOST_POINTS)
    throw bad(
      'step',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    )
  return { startMs, stepMs, steps }
}

function stepIn(text: string): number {
  const seconds = NUMBER.test(text) ? Number(text) : parseDuration(text)
  if (seconds === undefined || !Number.isFinite(seconds))
    throw bad('step', `cannot parse ${JSON.stringify(text)} to a valid duration`)
  const ms = Math.round(seconds * 1000)
  if (ms >= 1) return ms
  throw bad(
    'step',
    'zero or negative query resolution step widths are not accepted. Try a positive integer',
  )
}

/** A parameter that has to be there. */
export function required(call: CallParameters, name: 'query' | 'start' | 'end' | 'step'): string {
  const text = call[name]
  if (text !== undefined && text !== '') return text
  throw bad(name, name === 'query' ? 'parse error: no expression found in input' : 'is required')
}

const LOOK_BACK_MS = 300_000

/** The window in which series are looked for: the last five minutes when it is not said. */
export function windowOf({ start, end }: CallParameters, now: Date) {
  const endMs = end === undefined || end === '' ? now.getTime() : millisecondsIn('end', end)
  const startMs =
    start === undefined || start === '' ? endMs - LOOK_BACK_MS : millisecondsIn('start', start)
  if (endMs < startMs) throw bad('end', 'end timestamp must not be before start time')
  return { start: new Date(Math.max(0, startMs)), end: new Date(endMs) }
}

/** How many of a list are wanted; undefined for all. */
export function limitOf({ limit }: CallParameters): number | undefined {
  if (limit === undefined || limit === '' || limit === '0') return undefined
  if (/^\d{1,9}$/.test(limit)) return Number(limit)
  throw bad('limit', 'limit must be non-negative')
}

/** A parameter that is wrong, in the words of Prometheus. */
function bad(name: string, detail: string): KCloudError {
  return new KCloudError('invalid_request', {
    detail: `invalid parameter "${name}": ${detail}`,
    errors: [{ pointer: `/query/${name}`, detail }],
  })
}
