import type { BreakdownBy } from '../../analysis/power/figures.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { resolveWindow, type TimeRange, type WindowRequest } from '../../kernel/time-range.ts'
import { readPowerSeries } from '../../services/series/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import type { SeriesRow } from './schemas.ts'

export interface PowerSeriesQuestion {
  readonly by: BreakdownBy | 'total'
  /** How many series at most; the smaller ones are one together. */
  readonly top: number
  readonly window: WindowRequest
}

/** The power of the fleet over a window by one dimension: at each point the series add up to the total. */
export async function powerSeries({ fleet }: Needs, asked: Asked, question: PowerSeriesQuestion) {
  const { by, top, window } = question
  const range = resolveWindow(window, asked.at)
  const { series, coverage, ...account } = await readPowerSeries({ fleet }, asked, {
    by,
    top,
    range,
  })
  return outcome(asked, account, {
    metric: 'power_watts',
    unit: 'watts',
    by,
    start: range.start,
    end: range.end,
    step_seconds: range.stepSeconds,
    coverage: coverageOf(coverage),
    series: series.map(({ key, values, sources }) => ({
      key,
      points: pointsOf(values, range),
      sources: [...sources],
    })),
  })
}

/** Values with their times: each point of the window once. */
export function pointsOf(
  values: readonly (number | null)[],
  { start, stepSeconds }: TimeRange,
): SeriesRow['points'] {
  const first = unixSeconds(start)
  return values.map((value, index) => [first + index * stepSeconds, value])
}

function coverageOf(steps: readonly (number | null)[]) {
  const known = steps.filter((coverage) => coverage !== null)
  const sum = sumKnown(known)
  return {
    mean: sum === null ? null : sum / known.length,
    least: sum === null ? null : Math.min(...known),
  }
}
