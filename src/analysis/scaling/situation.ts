import type { ShedOrder } from './policy.ts'

/** A replica with what it draws. */
export interface ReplicaPower {
  readonly pod: string
  /** Null where nobody measures it. */
  readonly power_watts: number | null
}

/** What was read for a decision. What nobody told is null, and never a number. */
export interface ScalingReading {
  /** Of the scope of the budget. */
  readonly power_watts: number | null
  /** Measured ÷ known, of the scope and of the replicas: the lower of the two. */
  readonly coverage: number | null
  /** Whether every asked cluster answered in full. */
  readonly complete: boolean
  /** Whether samples are older than their source may be. */
  readonly stale: boolean
  /** How many replicas run. */
  readonly replicas: number | null
  /** Of all replicas together. */
  readonly workload_power_watts: number | null
}

/** What is expected within the lookahead, as far as it was asked for. */
export interface ScalingForecast {
  readonly peak_power_watts: number | null
  /** The lowest of the steps that count. */
  readonly confidence: number | null
  readonly model: string | null
  /** Why there is no forecast; null where there is one. */
  readonly problem: string | null
}

/** What a policy did last. */
export interface ScalingState {
  /** What it wants; null before its first decision. */
  readonly desired_replicas: number | null
  /** Its last change; null before the first. */
  readonly last_action: LastAction | null
}

export interface LastAction {
  readonly at: Date
  /** By how much the power was to change. */
  readonly expected_change_watts: number | null
  /** What the scope drew before. */
  readonly power_watts: number
}

export const NOTHING_DONE: ScalingState = { desired_replicas: null, last_action: null }

/** The replicas in the order in which they would be shed. Those that nobody measures come last. */
export function shedOrder(
  replicas: readonly ReplicaPower[],
  order: ShedOrder,
): readonly ReplicaPower[] {
  const byName = [...replicas].sort((a, b) => compareOrdinals(b.pod, a.pod))
  if (order === 'highest_ordinal_first') return byName
  const direction = order === 'most_power_first' ? -1 : 1
  const known = byName.filter(({ power_watts: watts }) => watts !== null)
  const unknown = byName.filter(({ power_watts: watts }) => watts === null)
  known.sort((a, b) => direction * ((a.power_watts ?? 0) - (b.power_watts ?? 0)))
  return [...known, ...unknown]
}

/** By the name, and by the number at its end as a number: `web-10` after `web-9`. */
function compareOrdinals(a: string, b: string): number {
  const [nameA, nameB] = [withoutOrdinal(a), withoutOrdinal(b)]
  if (nameA !== nameB) return nameA < nameB ? -1 : 1
  return Number(a.slice(nameA.length)) - Number(b.slice(nameB.length))
}

const withoutOrdinal = (name: string): string => name.replace(/\d+$/, '')

/** What is known when a decision is taken. */
export interface Situation {
  readonly at: Date
  readonly reading: ScalingReading
  /** Null when the policy does not look ahead. */
  readonly forecast: ScalingForecast | null
  readonly state: ScalingState
  /** What others with the same budget have changed and the reading does not show yet. */
  readonly pending: Pending
}

/** Watts that are to go and to come. */
export interface Pending {
  readonly sheddingWatts: number
  readonly addingWatts: number
}

export const NOTHING_PENDING: Pending = { sheddingWatts: 0, addingWatts: 0 }
