/** Whether a condition holds: `between` is neither at its threshold nor at the level that ends it. */
export type Verdict = 'active' | 'inactive' | 'between' | 'unknown'

/** What one evaluation says of a group. */
export interface Judged {
  readonly labels: Readonly<Record<string, string>>
  readonly verdict: Verdict
  readonly value: number | null
  /** Why nothing can be said, or what is to be known of it. */
  readonly reason: string | null
  /** Whether it is nothing to be waited for: a pod that has ended. */
  readonly isGone?: boolean
  /** Whether it is judged by not being there. */
  readonly isAbsent?: boolean
  /** Whether it has been silent for so long that nobody waits for it. */
  readonly isForgotten?: boolean
}

export const ALERT_STATES = ['ok', 'pending', 'firing', 'no_data'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** What is remembered of a group from one evaluation to the next. Times are milliseconds since 1970. */
export interface GroupState {
  readonly labels: Readonly<Record<string, string>>
  readonly state: AlertState
  readonly since: number
  /** The last value that is known, and of when it is. */
  readonly value: number | null
  readonly seenAt: number | null
  /** How long the condition has been seen to hold. */
  readonly heldSeconds: number
  /** When it was last seen to hold; null when it was not in the evaluation before. */
  readonly heldAt: number | null
  /** The alert that is firing. */
  readonly alert: { readonly id: string; readonly startsAt: number } | null
  /** Since when the condition of a firing alert is over. */
  readonly clearSince: number | null
  readonly missingSince: number | null
  readonly missingTold: boolean
  readonly reason: string | null
  /** How many series it was made of at the most lately, and when that was. */
  readonly expected: number
  readonly expectedAt: number
}

export const ALERT_EVENTS = ['firing', 'resolved', 'no_data', 'data_back'] as const

/** Something that is told of a group. */
export interface AlertChange {
  readonly kind: (typeof ALERT_EVENTS)[number]
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | null
  readonly reason: string | null
  /** The alert, or the time without data, that it belongs to. */
  readonly alertId: string
  readonly startsAt: number
}

/** What a group is known by. */
export function groupKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
