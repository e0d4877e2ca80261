import type { ClusterChange } from './services/clusters/index.ts'
import type { DataEvent, DataEvents } from './services/events/index.ts'
import type { ForecastEvent } from './services/forecast/index.ts'

/** Hears what befalls the clusters, and remembers what a reader of old figures should know. */
export interface ClusterWatch {
  note(change: ClusterChange): void
  /** From here on a cluster that comes is an event: those of the start are none. */
  begin(): void
}

/** A watch over the clusters. That one answers is an event only after it did not. */
export function createClusterWatch(events: DataEvents, now: () => Date): ClusterWatch {
  const silent = new Set<string>()
  let hasBegun = false
  const titleOf = ({ name, change, health: { status } }: ClusterChange): string | null => {
    if (change !== 'status') return hasBegun ? `${name} was ${change}` : null
    if (status !== 'ok') silent.add(name)
    else if (!silent.delete(name)) return null
    return status === 'ok' ? `${name} answers again` : `${name} does not answer`
  }
  return {
    note(change) {
      const title = titleOf(change)
      if (title === null) return
      const text = `${title}: ${change.health.status}`
      events.add({ at: now(), until: null, kind: 'quality', cluster: change.name, title, text })
    },
    begin() {
      hasBegun = true
    },
  }
}

/** What befell the forecast of a model, as an event. */
export function forecastEvent(modelId: string, { at, kind, detail }: ForecastEvent): DataEvent {
  const title = kind === 'drift' ? 'forecast drifts' : 'level shift'
  return { at, until: null, kind: 'forecast', cluster: null, title, text: `${modelId}: ${detail}` }
}
