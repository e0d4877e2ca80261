import { energyOf } from '../../analysis/power/energy.ts'
import type { PowerAccount, Portion } from '../../analysis/power/figures.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { resolveWindow, type TimeRange, type WindowRequest } from '../../kernel/time-range.ts'
import { accounted } from '../../services/workloads/index.ts'
import type { Account, Asked, Needs } from './asked.ts'

/** Whose watts over a window, and how to find them in one moment. */
export interface WindowQuestion {
  readonly cluster: string
  readonly window: WindowRequest
  readonly workloads: boolean
  readonly wattsIn: (power: {
    readonly account: PowerAccount
    readonly portions: readonly Portion[]
  }) => number | null
}

/** The watts of one thing over a window: every moment of it is accounted as the present is. */
export async function powerDuring(
  { fleet }: Needs,
  { at, signal }: Asked,
  { cluster, window, workloads, wattsIn }: WindowQuestion,
) {
  const range = coarse(window, at)
  const asked = { clusters: [cluster], at, signal, workloads, range, details: [] }
  const { results, ...told } = await fleet.during(asked, (moment) =>
    wattsIn(accounted(moment, workloads)),
  )
  return { range, watts: results, told: told satisfies Account }
}

const MOST_POINTS = 120

/** The window of a request. Each moment is accounted by itself, so one without a step of its own has 120 at most. */
export function coarse(window: WindowRequest, at: Date): TimeRange {
  const range = resolveWindow(window, at)
  const points = (unixSeconds(range.end) - unixSeconds(range.start)) / range.stepSeconds
  if (window.step !== undefined || points <= MOST_POINTS) return range
  const seconds = range.stepSeconds * Math.ceil(points / MOST_POINTS)
  return resolveWindow({ ...window, step: `${seconds}s` }, at)
}

/** The watts of some portions together; null where there are none. */
export const wattsOf = (
  portions: readonly Portion[],
  isOwn: (portion: Portion) => boolean,
): number | null => sumKnown(portions.filter(isOwn).map((portion) => portion.power_watts))

/** The figures of a window as the API gives them. */
export function windowFigures(
  watts: readonly (number | null)[],
  { start, end, stepSeconds }: TimeRange,
  key: Readonly<Record<string, string>>,
) {
  // The first point is the start of the window: its watts belong to the time before.
  const inside = watts.slice(1).filter((point) => point !== null)
  const { method, ...energy } = energyOf({ joules: [], watts }, stepSeconds)
  const sum = sumKnown(inside)
  const first = unixSeconds(start)
  return {
    power_watts_min: sum === null ? null : Math.min(...inside),
    power_watts_avg: sum === null ? null : sum / inside.length,
    power_watts_max: sum === null ? null : Math.max(...inside),
    energy_joules: energy.energy_joules,
    energy_method: method === null ? null : ('integral' as const),
    covered_seconds: energy.covered_seconds,
    window_seconds: energy.window_seconds,
    timeseries: {
      metric: 'power_watts' as const,
      unit: 'watts' as const,
      start,
      end,
      step_seconds: stepSeconds,
      series: [
        {
          key,
          points: watts.map((value, index) => [first + index * stepSeconds, value] as const),
        },
      ],
    },
  }
}
