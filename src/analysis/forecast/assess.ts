import type { LevelShift } from './level-shift.ts'
import type { Fitted, Member, MemberName, Predictions } from './members.ts'
import { createOnline, type Truth } from './online.ts'
import { createErrors, naiveScale, skill, type Errors, type Scores } from './scores.ts'
import type { Weights } from './weights.ts'

export const LEVELS = [0.8, 0.9, 0.95] as const

export interface AssessOptions {
  readonly horizon: number
  readonly day: number
  readonly members: readonly Member[]
  /** A backtest asks at most so many origins. */
  readonly mostOrigins: number
}

/** A forecast with everything that is known of how good it is. */
export interface Assessment {
  readonly forecast: Float64Array
  readonly weights: Weights
  readonly shift: LevelShift | null
  readonly widths: ReadonlyMap<number, readonly (number | null)[]>
  /** The share of the truths within a tenth of their forecast, by step; null while too few are known. */
  readonly confidence: readonly (number | null)[]
  readonly backtest: Backtest
}

export interface Backtest {
  readonly origins: number
  /** How many days the truths of the backtest span. */
  readonly days: number
  /** How many values the models of the backtest were fitted on. */
  readonly fittedOn: number
  readonly combination: Scores | null
  readonly members: ReadonlyMap<MemberName, Scores>
  readonly skillAgainstPersistence: number | null
  readonly skillAgainstSeasonalNaive: number | null
  /** The share of truths within the interval of each level; null while none had one. */
  readonly coverage: ReadonlyMap<number, number | null>
}

const MOST_DAYS = 28
const BACKTEST_SHARE = 0.4
const WITHIN = 0.1
const LEAST_JUDGED = 10

/** Where the values end on which the models of a backtest are fitted: what is after it judges them. */
export function backtestStart(count: number, day: number): number {
  return count - Math.min(MOST_DAYS * day, Math.floor(count * BACKTEST_SHARE))
}

/**
 * Forecasts what comes after the last value. The models are fitted without the last four weeks first, which then tell
 * how well they do, what share each has, and how wide the intervals are; then on everything, for the forecast itself.
 */
export function assess(values: Float64Array, options: AssessOptions): Assessment {
  return follow(values, options).assess()
}

/** A series whose models were fitted and judged once, and that goes on. */
export interface Followed {
  readonly count: number
  /** Goes on with what came since: the models stay as they are, and what they said of it is judged. */
  append(more: Float64Array): void
  /** The forecast after the last value. */
  assess(): Assessment
}

/** Fits and judges the models of a series, which is then followed without fitting them again. */
export function follow(first: Float64Array, options: AssessOptions): Followed {
  const start = backtestStart(first.length, options.day)
  const judge = createJudge(first, start, options)
  let values = first
  judge.until(values, fits(options.members, values, start))
  const fitted = fits(options.members, values, values.length)
  return {
    get count() {
      return values.length
    },
    append(more) {
      values = joined(values, more)
    },
    assess() {
      judge.until(values, fitted)
      const days = (values.length - start) / options.day
      const { origins, tally, ...made } = judge.look(values, fitted)
      const backtest = { origins, days, fittedOn: start, ...tally.result() }
      return { ...made, confidence: tally.confidence(), backtest }
    },
  }
}

/** Goes through the origins that are judged, which are equally far apart. */
function createJudge(first: Float64Array, start: number, options: AssessOptions) {
  const { horizon, day, mostOrigins } = options
  const length = first.length - start
  const stride = Math.max(1, Math.ceil(length / mostOrigins))
  const tally = createTally(first.subarray(0, start), horizon)
  const online = createOnline({ horizon, day, stride, levels: LEVELS, onTruth: tally.note })
  let origins = 0
  // The last one is a stride before the end.
  let next = first.length - 1 - Math.floor(length / stride) * stride
  let looked: { readonly origin: number; readonly said: Predictions } | null = null
  return {
    /** Every origin before the last value. */
    until(values: Float64Array, fitted: Fits): void {
      for (; next < values.length - 1; next += stride, origins += 1) {
        const said = looked?.origin === next ? looked.said : predictionsOf(fitted, values, next)
        online.step(values, next, said)
      }
    },
    /** The forecast from the last value. */
    look(values: Float64Array, fitted: Fits) {
      const origin = values.length - 1
      const said = predictionsOf(fitted, values, origin)
      looked = { origin, said }
      return { ...online.look(values, origin, said), origins, tally }
    },
  }
}

function joined(values: Float64Array, more: Float64Array): Float64Array {
  const all = new Float64Array(values.length + more.length)
  all.set(values)
  all.set(more, values.length)
  return all
}

type Fits = readonly { readonly name: MemberName; readonly fitted: Fitted | null }[]

function fits(members: readonly Member[], values: Float64Array, end: number): Fits {
  return members.map((member) => ({ name: member.name, fitted: member.fit(values, end) }))
}

function predictionsOf(all: Fits, values: Float64Array, origin: number): Predictions {
  return new Map(all.map(({ name, fitted }) => [name, fitted?.predict(values, origin) ?? null]))
}

/** Counts what the truths of a backtest say. */
function createTally(training: Float64Array, horizon: number) {
  const scale = naiveScale(training)
  const combination = createErrors()
  const members = new Map<MemberName, Errors>()
  const near = Array.from({ length: horizon }, () => ({ within: 0, count: 0 }))
  const covered = new Map<number, { within: number; count: number }>()
  const note = ({ forecast, truth, step, members: said, widths }: Truth): void => {
    combination.add(forecast, truth)
    for (const [name, predicted] of said)
      if (predicted !== null) errorsOf(members, name).add(predicted[step] ?? 0, truth)
    const error = Math.abs(forecast - truth)
    count(near[step], error <= WITHIN * Math.abs(forecast))
    for (const [level, width] of widths)
      if (width !== null) count(countOf(covered, level), error <= width)
  }
  return {
    note,
    confidence: () =>
      near.map(({ within, count: all }) => (all < LEAST_JUDGED ? null : within / all)),
    result: () => ({
      ...skillsOf(combination, members),
      combination: combination.scores(scale),
      members: new Map([...members].flatMap(([name, errors]) => scored(name, errors, scale))),
      coverage: new Map(LEVELS.map((level) => [level, shareOf(covered.get(level))] as const)),
    }),
  }
}

function skillsOf(combination: Errors, members: ReadonlyMap<MemberName, Errors>) {
  const own = combination.scores(null)?.rmse
  const against = (name: MemberName): number | null => {
    const reference = members.get(name)?.scores(null)?.rmse
    return own === undefined || reference === undefined ? null : skill(own, reference)
  }
  return {
    skillAgainstPersistence: against('persistence'),
    skillAgainstSeasonalNaive: against('seasonal_naive_day'),
  }
}

function scored(
  name: MemberName,
  errors: Errors,
  scale: number | null,
): readonly (readonly [MemberName, Scores])[] {
  const scores = errors.scores(scale)
  return scores === null ? [] : [[name, scores]]
}

interface Count {
  within: number
  count: number
}

function count(counted: Count | undefined, isWithin: boolean): void {
  if (counted === undefined) return
  counted.count += 1
  if (isWithin) counted.within += 1
}

function countOf(all: Map<number, Count>, level: number): Count {
  const known = all.get(level) ?? { within: 0, count: 0 }
  all.set(level, known)
  return known
}

function errorsOf(all: Map<MemberName, Errors>, name: MemberName): Errors {
  const known = all.get(name) ?? createErrors()
  all.set(name, known)
  return known
}

const shareOf = (counted: Count | undefined): number | null =>
  counted === undefined || counted.count === 0 ? null : counted.within / counted.count
