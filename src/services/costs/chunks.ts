import { unixSeconds } from '../../kernel/clock.ts'
import { invalidRequest } from '../../kernel/errors.ts'

/** Steps of equal length that are read together: the first begins at `from`. In unix seconds. */
export interface Chunk {
  readonly from: number
  readonly stepSeconds: number
  readonly steps: number
}

/** Steps that are chosen, and how many of them at most. */
const STEPS = [
  [60, 180],
  [300, 288],
  [900, 672],
  [3600, 744],
] as const
const MOST_STEPS = 11_000

interface Window {
  readonly start: Date
  readonly end: Date
  readonly stepSeconds?: number | undefined
}

/**
 * The step of a window: a minute for three hours, five for a day, a quarter of an hour for a week, an hour for a
 * month, and more for more. Rejects steps that give more than 11,000.
 */
export function stepOf({ start, end, stepSeconds }: Window): number {
  const length = unixSeconds(end) - unixSeconds(start)
  if (stepSeconds === undefined)
    return (
      STEPS.find(([step, most]) => length / step <= most)?.[0] ??
      Math.ceil(length / 744 / 3600) * 3600
    )
  if (stepSeconds < 60 || stepSeconds % 60 !== 0)
    throw invalidRequest('/query/step', 'must be a whole number of minutes')
  if (length / stepSeconds > MOST_STEPS) {
    const smallest = Math.ceil(length / MOST_STEPS / 60)
    throw invalidRequest(
      '/query/step',
      `gives more than ${MOST_STEPS} steps: the smallest step for this window is ${smallest}m`,
    )
  }
  return stepSeconds
}

/** What is left of a window from a time on: at most so many whole steps, or the shorter one at its end. */
export function nextChunk(
  from: number,
  { until, stepSeconds, most }: { until: number; stepSeconds: number; most: number },
): Chunk | undefined {
  if (from >= until) return undefined
  const whole = Math.floor((until - from) / stepSeconds)
  return whole === 0
    ? { from, stepSeconds: until - from, steps: 1 }
    : { from, stepSeconds, steps: Math.min(whole, most) }
}

export const endOf = ({ from, stepSeconds, steps }: Chunk): number => from + steps * stepSeconds

/** The steps of a chunk as a range: the value of a point is the mean of the step that ends there. */
export function rangeOf({ from, stepSeconds, steps }: Chunk) {
  return {
    start: new Date((from + stepSeconds) * 1000),
    end: new Date((from + steps * stepSeconds) * 1000),
    stepSeconds,
  }
}

/** Charges that one request may make: about half a minute of work. */
const MOST_CHARGES = 40_000_000
/** What of them is held at a time. */
const CHARGES_AT_ONCE = 400_000
const FIRST_STEPS = 48
const LONGEST_CHUNK = 960

/** How many steps are read next, now that a chunk of them has shown how many shares a step has. */
export function chunkLength(sharesOfStep: number | undefined): number {
  if (sharesOfStep === undefined) return FIRST_STEPS
  return Math.max(
    8,
    Math.min(LONGEST_CHUNK, Math.floor(CHARGES_AT_ONCE / Math.max(1, sharesOfStep))),
  )
}

/** By how much a window is too much work; null when it is not. */
export function tooMuch(
  sharesOfStep: number,
  steps: number,
  most = MOST_CHARGES,
): { readonly charges: number; readonly most: number } | null {
  const charges = Math.ceil(sharesOfStep * steps)
  return charges > most ? { charges, most } : null
}
