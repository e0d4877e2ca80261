import { curve, flat, type Curve, type Knot } from './curve.ts'
import { fraction, hash, whole } from './hash.ts'
import type { Span } from './spans.ts'

/**
 * What pods do. `training`: hours of full load, then the next job. `serving` and `service`: a wave that follows
 * the day. `reserved`: holds a device and leaves it idle. `batch`: short jobs. `interactive`: bursts in office hours.
 */
export const KINDS = [
  'training',
  'serving',
  'reserved',
  'batch',
  'interactive',
  'service',
  'daemon',
] as const
export type WorkloadKind = (typeof KINDS)[number]

/** A timetable that many lanes follow: who holds the lane when, and how busy it is. Times are local to the period. */
export interface Timetable {
  readonly periodSeconds: number
  readonly slots: readonly Span[]
  /** Share of the lane that is at work, 0 to 1; 0 outside the slots. */
  readonly busy: Curve
}

/** Each kind has this many timetables. */
export const VARIANTS = 8
/** Timetables begin on Monday at midnight in Seoul (UTC+9); unix time begins on a Thursday in Greenwich. */
export const LOCAL_SHIFT_SECONDS = 9 * 3600 + 3 * 86_400

const HOUR = 3600
const DAY = 24 * HOUR
const WEEK = 7 * DAY

const TIMETABLES: Readonly<Record<WorkloadKind, (seed: number) => Timetable>> = {
  training: trainingTimetable,
  serving: (seed) => wave(seed, 1),
  reserved: () => ({ periodSeconds: WEEK, slots: [{ from: 0, until: WEEK }], busy: flat(0, WEEK) }),
  batch: batchTimetable,
  interactive: interactiveTimetable,
  service: (seed) => wave(seed, 0.8),
  daemon: () => ({
    periodSeconds: 4 * WEEK,
    slots: [{ from: 0, until: 4 * WEEK }],
    busy: flat(0.25, 4 * WEEK),
  }),
}

/** The timetables of a seed, by kind. */
export function timetablesOf(seed: number): Readonly<Record<WorkloadKind, readonly Timetable[]>> {
  const entries = KINDS.map((kind, order) => [
    kind,
    Array.from({ length: VARIANTS }, (_, variant) => TIMETABLES[kind](hash(seed, order, variant))),
  ])
  return Object.fromEntries(entries) as Record<WorkloadKind, readonly Timetable[]>
}

const LONGEST_JOB = 30 * HOUR
const SHORTEST_JOB = 4 * HOUR

/** Jobs of 4 to 30 hours until the week is full, with 10 to 90 minutes between them. */
function trainingTimetable(seed: number): Timetable {
  const slots: Span[] = []
  for (let from = HOUR, index = 0; from < WEEK - SHORTEST_JOB; index += 1) {
    const hoped = from + 600 * whole(SHORTEST_JOB / 600, LONGEST_JOB / 600, seed, index, 1)
    const until = hoped > WEEK - LONGEST_JOB / 2 ? WEEK - HOUR : hoped
    slots.push({ from, until })
    from = until + 300 * whole(2, 18, seed, index, 2)
  }
  const knots = slots.flatMap((slot, index) =>
    trainingKnots(slot, 0.9 + 0.09 * fraction(seed, index, 3)),
  )
  return { periodSeconds: WEEK, slots, busy: curve([[0, 0], ...knots, [WEEK, 0]]) }
}

/** Two minutes to load the data, then full load with a checkpoint every half hour. */
function trainingKnots({ from, until }: Span, level: number): readonly Knot[] {
  const checkpoints = Math.floor((until - from - 300) / 1800)
  const dips = Array.from({ length: checkpoints }, (_, index): readonly Knot[] => {
    const start = from + 1800 * (index + 1)
    return [
      [start, level],
      [start + 10, 0.35],
      [start + 50, 0.35],
      [start + 60, level],
    ]
  })
  const ramp: readonly Knot[] = [
    [from, 0],
    [from, 0.2],
    [from + 120, level],
  ]
  return [...ramp, ...dips.flat(), [until, level], [until, 0]]
}

/** Demand by hour of the day, and by day of the week from Monday. */
const BY_HOUR = [
  0.3, 0.22, 0.17, 0.14, 0.13, 0.15, 0.22, 0.34, 0.52, 0.68, 0.76, 0.78, 0.7, 0.78, 0.82, 0.8, 0.77,
  0.72, 0.66, 0.64, 0.68, 0.66, 0.55, 0.42,
]
const BY_DAY = [1, 1, 1, 1, 0.97, 0.7, 0.65]

/** A week of demand, and one new release of the pod on some night. */
function wave(seed: number, height: number): Timetable {
  const knots = Array.from({ length: WEEK / HOUR + 1 }, (_, hour): Knot => {
    const demand = (BY_HOUR[hour % 24] ?? 0) * (BY_DAY[Math.floor(hour / 24) % 7] ?? 0)
    return [hour * HOUR, demand * height * (0.85 + 0.3 * fraction(seed, hour % 168))]
  })
  const release = DAY * whole(0, 6, seed, 1000) + 3 * HOUR
  const slots = [
    { from: 0, until: release },
    { from: release, until: WEEK },
  ]
  return { periodSeconds: WEEK, slots, busy: curve(knots) }
}

/** Jobs of 40 to 150 minutes all day long. */
function batchTimetable(seed: number): Timetable {
  const slots: Span[] = []
  for (let from = 600, index = 0; from < DAY - HOUR; index += 1) {
    const until = Math.min(DAY - 300, from + 300 * whole(8, 30, seed, index, 1))
    slots.push({ from, until })
    from = until + 60 * whole(10, 30, seed, index, 2)
  }
  const knots = slots.flatMap(({ from, until }, index): readonly Knot[] => {
    const level = 0.55 + 0.35 * fraction(seed, index, 3)
    return [
      [from, 0],
      [from + 60, level],
      [until - 30, level],
      [until, 0],
    ]
  })
  return { periodSeconds: DAY, slots, busy: curve([[0, 0], ...knots, [DAY, 0]]) }
}

const WORKDAYS = 5

/** A notebook from 07:00 to 23:00, used on workdays in bursts of some minutes between 09:00 and 19:00. */
function interactiveTimetable(seed: number): Timetable {
  const slots = Array.from({ length: 7 }, (_, day) => ({
    from: day * DAY + 7 * HOUR,
    until: day * DAY + 23 * HOUR,
  }))
  const bursts = Array.from({ length: WORKDAYS * 30 }, (_, index): readonly Knot[] => {
    const start = Math.floor(index / 30) * DAY + 9 * HOUR + (index % 30) * 1200
    const level = fraction(seed, index, 1) < 0.4 ? 0 : 0.4 + 0.5 * fraction(seed, index, 2)
    const length = 60 * whole(2, 12, seed, index, 3)
    return [
      [start, 0],
      [start + 20, level],
      [start + length, level],
      [start + length + 20, 0],
    ]
  })
  return { periodSeconds: WEEK, slots, busy: curve([[0, 0], ...bursts.flat(), [WEEK, 0]]) }
}
