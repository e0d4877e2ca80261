import { localClock } from '../cost/local-clock.ts'

/** Whose replicas a policy decides on. */
export interface ScalingTarget {
  readonly cluster: string
  readonly namespace: string
  readonly kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet'
  readonly name: string
}

/** Whose power a budget is for: the replicas alone, all of their cluster, or all clusters. */
export const SCOPES = ['workload', 'cluster', 'fleet'] as const
export type Scope = (typeof SCOPES)[number]

export const SHED_ORDERS = [
  'most_power_first',
  'least_power_first',
  'highest_ordinal_first',
] as const
export type ShedOrder = (typeof SHED_ORDERS)[number]

export const MODES = ['advise', 'webhook', 'kubernetes'] as const
export type Mode = (typeof MODES)[number]

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** A part of some days in which other figures hold. What is null is as outside of it. */
export interface ScheduleWindow {
  readonly days: readonly Weekday[]
  /** `22:00`, on the clock of the zone. */
  readonly start: string
  /** Before this; on the next day when it is not after `start`. */
  readonly end: string
  readonly max_power_budget: number | null
  readonly min_replicas: number | null
  readonly max_replicas: number | null
}

export interface Schedule {
  /** IANA. */
  readonly time_zone: string
  /** The first that fits counts. */
  readonly windows: readonly ScheduleWindow[]
  /** What happens outside of all windows: the policy's own figures hold, or nothing is done. */
  readonly outside: 'policy' | 'hold'
}

/** What the decisions of a policy follow. */
export interface PolicyRules {
  readonly scope: Scope
  readonly min_replicas: number
  readonly max_replicas: number
  /** Null: what its replicas draw now. */
  readonly watts_per_replica: number | null
  readonly power_based: {
    /** Watts. */
    readonly max_power_budget: number
    /** Percent of the budget up to which replicas may be added, and above which they are shed. */
    readonly scale_out_threshold: number
    /** Percent of the budget at or below which replicas may be added; between the two nothing changes. */
    readonly scale_in_threshold: number
    /** Seconds from one change to the next. */
    readonly cooldown_period: number
  }
  readonly predictive_scaling: {
    readonly enabled: boolean
    readonly lookahead_minutes: number
    /** A forecast of less confidence changes nothing. */
    readonly confidence_threshold: number
  }
  readonly schedule: Schedule | null
  /** A reading that knows less of what it should is none. */
  readonly least_coverage: number
}

/** The figures that hold at one time. */
export interface RulesNow {
  readonly budget: number
  /** Watts above which replicas are shed and none is added. */
  readonly upper: number
  /** Watts at or below which replicas may be added. */
  readonly lower: number
  readonly min: number
  readonly max: number
  /** False when the schedule says that nothing is to be done. */
  readonly isActive: boolean
}

const AS_IS = { max_power_budget: null, min_replicas: null, max_replicas: null }

/** What of a policy holds at a time. */
export function rulesAt(rules: PolicyRules, at: Date): RulesNow {
  const { schedule, power_based: power } = rules
  const window = schedule === null ? undefined : windowAt(schedule, at)
  const other = window ?? AS_IS
  const budget = other.max_power_budget ?? power.max_power_budget
  const min = other.min_replicas ?? rules.min_replicas
  return {
    budget,
    upper: (budget * power.scale_out_threshold) / 100,
    lower: (budget * power.scale_in_threshold) / 100,
    min,
    max: Math.max(min, other.max_replicas ?? rules.max_replicas),
    isActive: window !== undefined || schedule?.outside !== 'hold',
  }
}

const DAY_MINUTES = 1440

function windowAt(schedule: Schedule, at: Date): ScheduleWindow | undefined {
  const { minutes, weekday } = localClock(schedule.time_zone)(at.getTime())
  const today = WEEKDAYS[weekday]
  const yesterday = WEEKDAYS[(weekday + 6) % 7]
  return schedule.windows.find(({ days, start, end }) => {
    const from = minutesOf(start)
    const until = minutesOf(end) > from ? minutesOf(end) : minutesOf(end) + DAY_MINUTES
    const isIn = (day: Weekday | undefined, minute: number): boolean =>
      days.some((each) => each === day) && from <= minute && minute < until
    return isIn(today, minutes) || isIn(yesterday, minutes + DAY_MINUTES)
  })
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
