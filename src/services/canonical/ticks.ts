import type { TimeRange } from '../../kernel/time-range.ts'
import type { Grid } from '../../promql/columns.ts'
import type { Family } from './family.ts'
import { badQuery } from './nodes.ts'

/** Which samples of a family a part of a query needs. */
export interface Ticks {
  readonly range: TimeRange
  /** How far a sample holds. */
  readonly holdsSeconds: number
}

export interface Use {
  readonly offsetMs: number
  /** 0 for what is looked at as it is. */
  readonly windowMs: number
}

/**
 * The samples lie on multiples of their distance since 1970, whoever asks: of one series everybody sees the same. What
 * is looked at step by step is only read at the steps. Rejects with `invalid_request` for a window that has no room
 * for samples as far apart as the length of the range wants them.
 */
export function ticksOf(
  { baseSeconds, mostSamples, name }: Pick<Family, 'baseSeconds' | 'mostSamples' | 'name'>,
  grid: Grid,
  { offsetMs, windowMs }: Use,
): Ticks {
  const first = grid.startMs - offsetMs - windowMs
  const last = grid.startMs - offsetMs + (grid.steps - 1) * grid.stepMs
  const isStepwise =
    windowMs === 0 && (grid.steps === 1 || grid.stepMs % (baseSeconds * 1000) === 0)
  if (isStepwise) {
    const stepSeconds = grid.steps === 1 ? baseSeconds : grid.stepMs / 1000
    return {
      range: between(first, last, { grid: baseSeconds, stepSeconds }),
      holdsSeconds: baseSeconds,
    }
  }
  return spread({ baseSeconds, mostSamples, name }, { first, last, windowMs })
}

interface Span {
  readonly first: number
  readonly last: number
  readonly windowMs: number
}

function spread(
  { baseSeconds, mostSamples, name }: Pick<Family, 'baseSeconds' | 'mostSamples' | 'name'>,
  { first, last, windowMs }: Span,
): Ticks {
  let distance = baseSeconds
  while ((last - first) / 1000 / distance > mostSamples) distance *= 2
  if (windowMs > 0 && distance > baseSeconds && distance * 4000 > windowMs)
    throw badQuery(
      `over this range samples of ${name} are ${distance}s apart, too far for a window of ${windowMs / 1000}s: shorten the range or widen the window`,
    )
  return {
    range: between(first, last, { grid: distance, stepSeconds: distance }),
    holdsSeconds: distance,
  }
}

function between(
  firstMs: number,
  lastMs: number,
  { grid, stepSeconds }: { readonly grid: number; readonly stepSeconds: number },
): TimeRange {
  const start = Math.floor(firstMs / 1000 / grid) * grid
  const count = Math.floor((lastMs / 1000 - start) / stepSeconds)
  return {
    start: new Date(start * 1000),
    end: new Date((start + count * stepSeconds) * 1000),
    stepSeconds,
  }
}
