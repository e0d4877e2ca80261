import { invalidRequest } from '../../kernel/errors.ts'
import { resolveWindow, type TimeRange } from '../../kernel/time-range.ts'

/** The window of a dashboard, and how many points there is room for. */
export interface Bounds {
  readonly start: Date
  readonly end: Date
  readonly leastStepSeconds: number
}

interface Asked {
  readonly range: { readonly from: string | number; readonly to: string | number }
  readonly intervalMs?: number | undefined
  readonly maxDataPoints?: number | undefined
}

const MOST_POINTS = 11_000
const USUAL_POINTS = 1000

/** What a panel asks for. Nothing is read of the time to come. Rejects with `invalid_request`. */
export function boundsOf({ range, intervalMs = 0, maxDataPoints }: Asked, now: Date): Bounds {
  const start = timeOf(range.from, '/body/range/from')
  const asked = timeOf(range.to, '/body/range/to')
  if (start >= asked) throw invalidRequest('/body/range/from', 'must be before to')
  const end = asked < now ? asked : now
  const points = Math.min(MOST_POINTS, Math.max(2, Math.floor(maxDataPoints ?? USUAL_POINTS)))
  const seconds = (end.getTime() - start.getTime()) / 1000
  return { start, end, leastStepSeconds: Math.max(intervalMs / 1000, seconds / (points - 1)) }
}

function timeOf(value: string | number, pointer: string): Date {
  const number = typeof value === 'number' || /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  const time = new Date(Number.isNaN(number) ? String(value) : number)
  if (!Number.isNaN(time.getTime()) && time.getTime() >= 0) return time
  throw invalidRequest(pointer, 'must be a time as RFC 3339 or unix milliseconds')
}

/** Steps that people and caches know. Shorter than samples usually lie apart would show nothing more. */
const STEPS = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200] as const
const DAY = 86_400

/** The points of a window; null for one that lies ahead. */
export function stepsOf({ start, end, leastStepSeconds }: Bounds): TimeRange | null {
  if (start >= end) return null
  const step =
    STEPS.find((each) => each >= leastStepSeconds) ?? Math.ceil(leastStepSeconds / DAY) * DAY
  const unix = (time: Date) => String(time.getTime() / 1000)
  return resolveWindow({ start: unix(start), end: unix(end), step: `${step}s` }, end)
}

/** The time that a figure of now is read at: now itself for a dashboard that ends now, or its end. */
export function momentOf({ end }: Bounds, now: Date): Date {
  return end >= now ? now : end
}
