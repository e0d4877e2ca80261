/** In which steps a horizon is forecast, and from how much history. */
export interface Resolution {
  readonly stepSeconds: number
  /** How many values are forecast. */
  readonly horizon: number
  /** How many values a day has. */
  readonly day: number
  /** Whether a week of short steps is enough for every model. */
  readonly isNear: boolean
  /** How many steps of history are read at most. */
  readonly history: number
}

const DAY_SECONDS = 86_400
const NEAR_STEP = 300
const FAR_STEP = 3600
/** Up to here five minutes are a step: over several hours, direct forecasts of so many steps lose to those by the hour. */
const NEAR_SECONDS = 2 * 3600
const NEAR_DAYS = 14
/** With so few steps ahead, a week of them is enough to train on. */
const NEAR_HORIZON = 12

/** The resolution for a horizon in seconds. Longer histories than `historyDays` are not read. */
export function resolutionOf(seconds: number, historyDays: number): Resolution {
  const isShort = seconds <= NEAR_SECONDS
  const stepSeconds = isShort ? NEAR_STEP : FAR_STEP
  const horizon = Math.max(1, Math.ceil(seconds / stepSeconds))
  const day = DAY_SECONDS / stepSeconds
  const days = isShort ? Math.min(NEAR_DAYS, historyDays) : historyDays
  return {
    stepSeconds,
    horizon,
    day,
    isNear: isShort && horizon <= NEAR_HORIZON,
    history: Math.round(days * day),
  }
}
