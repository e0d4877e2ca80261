/** A way to forecast that was fitted, or needs no fit. */
export interface Fitted {
  /**
   * The next values after an origin, from the values up to and including it; as many as the fit was made for. Null
   * where the values before the origin are too few, or the forecast cannot be true.
   */
  predict(values: Float64Array, origin: number): Float64Array | null
}

/** A model that takes part in a combination. */
export interface Member {
  readonly name: MemberName
  /** Fits on the values before `end`. Null where they are too few. */
  fit(values: Float64Array, end: number): Fitted | null
}

export type MemberName =
  | 'persistence'
  | 'mean_of_last_hours'
  | 'seasonal_naive_day'
  | 'seasonal_naive_week'
  | 'ridge'
  | 'mstl_ets'
  | 'lstm'

/** Repeats the last value. */
export function persistence(horizon: number): Member {
  return local('persistence', (values, origin) =>
    new Float64Array(horizon).fill(values[origin] ?? 0),
  )
}

/** Repeats the mean of so many last values. */
export function meanOfLast(horizon: number, count: number): Member {
  return local('mean_of_last_hours', (values, origin) => {
    if (origin + 1 < count) return null
    let sum = 0
    for (let back = 0; back < count; back += 1) sum += values[origin - back] ?? 0
    return new Float64Array(horizon).fill(sum / count)
  })
}

/** Repeats what was one season ago. */
export function seasonalNaive(
  name: Extract<MemberName, `seasonal_${string}`>,
  horizon: number,
  season: number,
): Member {
  return local(name, (values, origin) => {
    if (origin + 1 < season) return null
    return Float64Array.from(
      { length: horizon },
      (_, step) => values[origin - season + 1 + (step % season)] ?? 0,
    )
  })
}

function local(name: MemberName, predict: Fitted['predict']): Member {
  return { name, fit: () => ({ predict }) }
}

/** What every member says at one origin. Persistence is among them. */
export type Predictions = ReadonlyMap<MemberName, Float64Array | null>
