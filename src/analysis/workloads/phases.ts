import { meanKnown } from '../power/sum.ts'

type Points = readonly (number | null)[]

/** A stretch of a window at about one level of power. Steps are counted from 0; `until` is not in it. */
export interface Phase {
  readonly phase: 'low' | 'high' | 'steady' | 'unknown'
  readonly from: number
  readonly until: number
  readonly power_watts: number | null
}

/** Less than this between the highest and the lowest, as a share of the mean, is one level. */
const STEADY_SHARE = 0.2
/** Shorter stretches belong to what is around them. */
const SHORTEST_STEPS = 2

/** The phases of a window: below and above the middle of its range, or one where it hardly moves. */
export function phasesOf(watts: Points): readonly Phase[] {
  const known = watts.filter((point) => point !== null)
  const mean = meanKnown(known)
  if (mean === null) return []
  const [lowest, highest] = [Math.min(...known), Math.max(...known)]
  const isSteady = highest - lowest <= STEADY_SHARE * mean
  const middle = (lowest + highest) / 2
  const kinds = watts.map((point): Phase['phase'] => {
    if (point === null) return 'unknown'
    if (isSteady) return 'steady'
    return point < middle ? 'low' : 'high'
  })
  return merged(runsOf(kinds)).map(({ phase, from, until }) => ({
    phase,
    from,
    until,
    power_watts: meanKnown(watts.slice(from, until)),
  }))
}

type Run = Omit<Phase, 'power_watts'>

function runsOf(kinds: readonly Phase['phase'][]): readonly Run[] {
  const starts = kinds.flatMap((phase, step) =>
    step > 0 && kinds[step - 1] === phase ? [] : [{ phase, from: step }],
  )
  return starts.map((run, index) => ({ ...run, until: starts[index + 1]?.from ?? kinds.length }))
}

/** Short runs go to the one before; those that then are neighbours of one kind become one. */
function merged(runs: readonly Run[]): readonly Run[] {
  const starts: Run[] = []
  for (const run of runs) {
    const isShort = run.until - run.from < SHORTEST_STEPS
    if (starts.length === 0 || (!isShort && starts[starts.length - 1]?.phase !== run.phase))
      starts.push(run)
  }
  const end = runs[runs.length - 1]?.until ?? 0
  return starts.map((run, index) => ({ ...run, until: starts[index + 1]?.from ?? end }))
}
