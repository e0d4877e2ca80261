import { createConformal, type Conformal } from './conformal.ts'
import { createShiftWatch, type LevelShift } from './level-shift.ts'
import type { MemberName, Predictions } from './members.ts'
import { weightsOf, type OriginErrors, type Weights } from './weights.ts'

/** What one origin comes to: the combined forecast, how it was combined, and how far off the truth may be. */
export interface OnlineForecast {
  readonly forecast: Float64Array
  readonly weights: Weights
  readonly shift: LevelShift | null
  /** Half widths by level, a value a step; null while too few errors are known. */
  readonly widths: ReadonlyMap<number, readonly (number | null)[]>
}

/** A combination that learns as the truth comes in. Only what was known at an origin tells of its forecast. */
export interface Online {
  /** Goes on to an origin, which lies after the last one. */
  step(values: Float64Array, origin: number, predictions: Predictions): OnlineForecast
  /** The same forecast without counting among those that are judged. What came up to the origin is. */
  look(values: Float64Array, origin: number, predictions: Predictions): OnlineForecast
  /** How many errors of each step of the horizon are known. */
  readonly matured: readonly number[]
}

export interface OnlineOptions {
  readonly horizon: number
  /** How many values a day has. */
  readonly day: number
  /** From one origin to the next. */
  readonly stride: number
  readonly levels: readonly number[]
  /** Called for each truth that comes in. */
  readonly onTruth?: (truth: Truth) => void
}

/** A truth beside what was said of it. */
export interface Truth {
  readonly origin: number
  /** From 0. */
  readonly step: number
  readonly truth: number
  readonly forecast: number
  readonly widths: ReadonlyMap<number, number | null>
  readonly members: Predictions
}

/** A forecast whose truth is not known in full. */
interface Pending extends OnlineForecast {
  readonly origin: number
  readonly members: Predictions
  /** How many steps are known. */
  known: number
}

const MEMORY_DAYS = 28
const RATE = 0.01

/** A combination that begins with nothing known. */
export function createOnline(options: OnlineOptions): Online {
  const { horizon, day, stride, levels } = options
  const window = Math.max(20, Math.round((MEMORY_DAYS * day) / stride))
  const rate = Math.min(0.05, RATE * stride)
  const conformal = Array.from({ length: horizon }, () => createConformal({ levels, window, rate }))
  const watch = createShiftWatch({ day })
  const pending: Pending[] = []
  const errors: OriginErrors[] = []
  let shift: LevelShift | null = null
  let seen: number | null = null
  const look: Online['look'] = (values, origin, members) => {
    // Every value counts for the level, also those between two origins.
    for (let at = (seen ?? origin - 1) + 1; at <= origin; at += 1) shift = watch.look(values, at)
    seen = origin
    mature({ values, origin, pending, errors, conformal }, options)
    while (errors.length > window) errors.shift()
    const since = errors.filter((each) => shift === null || each.origin >= shift.at)
    const weights = weightsOf(since, members, { day, stride })
    return {
      forecast: combined(members, weights, horizon),
      weights,
      shift,
      widths: widthsOf(conformal, levels),
    }
  }
  return {
    look,
    step(values, origin, members) {
      const made = look(values, origin, members)
      pending.push({ ...made, origin, members, known: 0 })
      return made
    },
    get matured() {
      return conformal.map(({ count }) => count)
    },
  }
}

interface Learning {
  readonly values: Float64Array
  readonly origin: number
  readonly pending: Pending[]
  readonly errors: OriginErrors[]
  readonly conformal: readonly Conformal[]
}

/** Takes in every truth up to an origin. */
function mature(learning: Learning, options: OnlineOptions): void {
  const { values, origin, pending, errors } = learning
  for (const each of pending) {
    const end = Math.min(options.horizon, origin - each.origin)
    for (let step = each.known; step < end; step += 1) takeIn(learning, each, { step, ...options })
    each.known = Math.max(each.known, end)
  }
  while (pending[0]?.known === options.horizon) {
    const done = pending.shift()
    if (done !== undefined) errors.push(errorsOf(values, done))
  }
}

function takeIn(
  { values, conformal }: Learning,
  { origin, forecast: said, widths: all, members }: Pending,
  { step, onTruth }: Pick<OnlineOptions, 'onTruth'> & { readonly step: number },
): void {
  const truth = values[origin + 1 + step] ?? 0
  const forecast = said[step] ?? 0
  const widths = new Map([...all].map(([level, own]) => [level, own[step] ?? null]))
  conformal[step]?.learn(Math.abs(truth - forecast), widths)
  onTruth?.({ origin, step, truth, forecast, widths, members })
}

function errorsOf(values: Float64Array, { origin, members }: Pending): OriginErrors {
  const squares = new Map<MemberName, number>()
  for (const [name, predicted] of members) {
    if (predicted === null) continue
    let sum = 0
    for (const [step, value] of predicted.entries())
      sum += (value - (values[origin + 1 + step] ?? 0)) ** 2
    squares.set(name, sum / predicted.length)
  }
  return { origin, squares }
}

function combined(members: Predictions, weights: Weights, horizon: number): Float64Array {
  const sum = new Float64Array(horizon)
  for (const [name, weight] of weights) {
    const predicted = members.get(name) ?? null
    if (predicted === null) continue
    for (let step = 0; step < horizon; step += 1)
      sum[step] = (sum[step] ?? 0) + weight * (predicted[step] ?? 0)
  }
  return sum
}

function widthsOf(conformal: readonly Conformal[], levels: readonly number[]) {
  return new Map(
    levels.map((level) => [level, conformal.map((step) => step.width(level))] as const),
  )
}
