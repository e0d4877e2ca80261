/** What befell the data, or what was done because of them. */
export interface DataEvent {
  readonly at: Date
  /** Null for something that took no time. */
  readonly until: Date | null
  readonly kind: EventKind
  /** Null for something that concerns the whole fleet. */
  readonly cluster: string | null
  readonly title: string
  readonly text: string
}

export const EVENT_KINDS = ['quality', 'forecast', 'scaling', 'alert'] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** The last events, as long as this process lives. */
export interface DataEvents {
  add(event: DataEvent): void
  /** Those that touch a window, the oldest first. */
  between(start: Date, end: Date): readonly DataEvent[]
}

/** A memory of so many events of each kind, the oldest going first. */
export function createDataEvents(most = 1000): DataEvents {
  const kept = new Map<EventKind, DataEvent[]>()
  return {
    add(event) {
      kept.set(event.kind, [...(kept.get(event.kind) ?? []), event].slice(-most))
    },
    between(start, end) {
      return [...kept.values()]
        .flat()
        .filter(({ at, until }) => at <= end && (until ?? at) >= start)
        .sort((a, b) => a.at.getTime() - b.at.getTime())
    },
  }
}
