/** What befell a model. */
export interface ForecastEvent {
  readonly at: Date
  readonly kind: 'level_shift' | 'drift'
  readonly detail: string
}

/** The last events of each model, as long as this process lives. */
export interface ForecastEvents {
  of(modelId: string): readonly ForecastEvent[]
  /** False for one that is known already. */
  add(modelId: string, event: ForecastEvent): boolean
}

const MOST_MODELS = 1000
const MOST_EVENTS = 50

/** Events in memory, bounded. */
export function createForecastEvents(): ForecastEvents {
  const all = new Map<string, ForecastEvent[]>()
  return {
    of: (id) => all.get(id) ?? [],
    add(id, event) {
      const known = all.get(id) ?? []
      const isKnown = known.some(
        ({ kind, at }) => kind === event.kind && at.getTime() === event.at.getTime(),
      )
      if (isKnown || (!all.has(id) && all.size >= MOST_MODELS)) return false
      all.set(id, [...known, event].slice(-MOST_EVENTS))
      return true
    },
  }
}
