import { meanOfLast, persistence, seasonalNaive, type Member } from './members.ts'
import { mstlEts } from './mstl.ts'
import { ridge } from './ridge.ts'

/** How much history there is decides which models take part. */
export type Rung = 'under_2_days' | 'under_14_days' | 'under_56_days' | 'full'

export interface LadderQuestion {
  /** How many values are known without a gap. */
  readonly count: number
  /** How many values a day has. */
  readonly day: number
  /** How many values are forecast. */
  readonly horizon: number
  /** Whether a week is enough for everything: short steps and a near horizon. */
  readonly isNear: boolean
}

/** The rung of a history. */
export function rungOf({ count, day, isNear }: LadderQuestion): Rung {
  const days = count / day
  if (days < 2) return 'under_2_days'
  if (isNear && days >= 7) return 'full'
  if (days < 14) return 'under_14_days'
  return days < 56 ? 'under_56_days' : 'full'
}

/** A sentence on what a rung leaves out, and why. */
export const RUNGS = {
  under_2_days: 'less than 2 days of history: the last value and the mean of the last hours only',
  under_14_days: 'less than 14 days of history: no ridge regression, no weekly season, no LSTM',
  under_56_days: 'less than 56 days of history: no LSTM',
  full: 'enough history for every model',
} as const satisfies Readonly<Record<Rung, string>>

const MEAN_HOURS = 6
const MOST_LAGS = 168

/** The models for a history; networks, which are trained apart from it, are not among them. */
export function membersFor(question: LadderQuestion): readonly Member[] {
  const { day, horizon, count } = question
  const rung = rungOf(question)
  const last = persistence(horizon)
  const hours = Math.max(1, Math.round((MEAN_HOURS / 24) * day))
  if (rung === 'under_2_days') return [last, meanOfLast(horizon, Math.min(hours, count))]
  const daily = [last, seasonalNaive('seasonal_naive_day', horizon, day)]
  if (count < 14 * day && rung !== 'full') return [...daily, mstlEts(horizon, [day])]
  const seasons = count < 15 * day ? [day] : [day, 7 * day]
  const weekly = count < 15 * day ? [] : [seasonalNaive('seasonal_naive_week', horizon, 7 * day)]
  const lags = Math.min(7 * day, MOST_LAGS)
  return [...daily, ...weekly, ridge({ horizon, lags }), mstlEts(horizon, seasons)]
}
