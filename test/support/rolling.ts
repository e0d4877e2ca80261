import { membersFor } from '../../src/analysis/forecast/ladder.ts'
import type { Fitted, Member, MemberName } from '../../src/analysis/forecast/members.ts'
import { createOnline } from '../../src/analysis/forecast/online.ts'
import { createErrors, type Scores } from '../../src/analysis/forecast/scores.ts'

const HORIZON = 24
const DAY = 24
const REFIT = 7 * DAY
/** The models are fitted on half a year at most. */
const MEMORY = 26 * 7 * DAY
/** How long the combination learns before anything counts. */
const WARM_UP = 28 * DAY

interface RollingOptions {
  /** The first origin that counts is the one before this place. */
  readonly start: number
  readonly end?: number
  /** Exponential smoothing is asked at every n-th origin only, since it takes the longest. */
  readonly everySmoothing?: number
  readonly memory?: number
  /** Members that take part besides those of the ladder. */
  readonly also?: readonly Member[]
}

export interface Rolled {
  readonly combination: Scores
  readonly persistence: Scores
  readonly coverage: Readonly<Record<string, number>>
  readonly shifts: number
}

/** Forecasts from every origin as the product does, with models that are fitted again each week. */
export function roll(
  values: Float64Array,
  { start, end = values.length, everySmoothing = 6, memory = MEMORY, also = [] }: RollingOptions,
): Rolled {
  const combination = createErrors()
  const persistence = createErrors()
  const covered = new Map<number, { within: number; count: number }>()
  const online = createOnline({
    horizon: HORIZON,
    day: DAY,
    stride: 1,
    levels: [0.8, 0.9, 0.95],
    onTruth: ({ origin, forecast, truth, members, step, widths }) => {
      if (origin < start - 1) return
      combination.add(forecast, truth)
      persistence.add(members.get('persistence')?.[step] ?? Number.NaN, truth)
      for (const [level, width] of widths) {
        const all = covered.get(level) ?? { within: 0, count: 0 }
        all.count += 1
        if (width !== null && Math.abs(forecast - truth) <= width) all.within += 1
        covered.set(level, all)
      }
    },
  })
  const shifts = new Set<number>()
  let fitted: readonly (readonly [MemberName, Fitted | null])[] = []
  let from = 0
  for (let origin = start - 1 - WARM_UP, k = 0; origin < end; origin += 1, k += 1) {
    if (k % REFIT === 0) {
      from = Math.max(0, origin + 1 - memory)
      const known = values.subarray(from, origin + 1)
      const question = { count: known.length, day: DAY, horizon: HORIZON, isNear: false }
      const own = membersFor(question)
      fitted = [...own, ...also].map((member) => [member.name, member.fit(known, known.length)])
    }
    const base = from
    const predictions = fitted.map(([name, fit]) => {
      if (name === 'mstl_ets' && origin % everySmoothing !== 0) return [name, null] as const
      return [name, fit?.predict(values.subarray(base), origin - base) ?? null] as const
    })
    const { shift } = online.step(values, origin, new Map(predictions))
    if (shift !== null) shifts.add(shift.at)
  }
  return {
    combination: combination.scores(null)!,
    persistence: persistence.scores(null)!,
    coverage: Object.fromEntries(
      [...covered].map(([level, { within, count }]) => [level, within / count]),
    ),
    shifts: shifts.size,
  }
}
