/** Forecasts that were made, for whoever asks the same again. */
export interface KeptForecasts<Made> {
  get(key: string, at: Date): Made | null
  keep(key: string, at: Date, made: Made): void
}

const MOST = 512
/** As long as the series that they were made of are kept: then somebody looks whether values have changed. */
const KEPT_SECONDS = 300

/** Keeps the last forecasts, each for some minutes. */
export function createKeptForecasts<Made>(): KeptForecasts<Made> {
  const all = new Map<string, { readonly at: Date; readonly made: Made }>()
  return {
    get(key, at) {
      const known = all.get(key)
      if (known === undefined) return null
      const age = (at.getTime() - known.at.getTime()) / 1000
      return age >= 0 && age < KEPT_SECONDS ? known.made : null
    },
    keep(key, at, made) {
      all.delete(key)
      all.set(key, { at, made })
      for (const oldest of all.keys()) {
        if (all.size <= MOST) break
        all.delete(oldest)
      }
    },
  }
}
