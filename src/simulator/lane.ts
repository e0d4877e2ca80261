import { modulo } from './curve.ts'
import type { Span } from './spans.ts'
import type { Timetable, WorkloadKind } from './workloads.ts'

/**
 * A place on a node where one pod after another runs: the same devices (or none), the same namespace, a
 * timetable. Who holds the lane at a time, and how busy it is, follows from the timetable alone.
 */
export interface Lane {
  readonly seed: number
  readonly kind: WorkloadKind
  readonly timetable: Timetable
  /** Added to unix time to get a time of the timetable. */
  readonly shiftSeconds: number
  /** Lanes of one gang run the pods of one job: same job, another replica. Otherwise a gang of one. */
  readonly gang: { readonly seed: number; readonly replica: number }
  /** CPU that its pod asks for and, when busy, uses. */
  readonly cores: number
  readonly memoryBytes: number
  /** The extended resource that its pod asks for, as kube-state-metrics spells it. */
  readonly resource?: { readonly name: string; readonly amount: number } | undefined
  /** Share of the dynamic power of its devices that full load draws, 0 to 1. */
  readonly intensity: number
  /** Share of the memory of its devices that its pod fills. */
  readonly memoryShare: number
}

/** One pod's time on a lane. `index` counts the pods of the lane, through all time. */
export interface Occupancy extends Span {
  readonly index: number
}

/** Who holds the lane at a time; undefined when nobody does. */
export function occupancyAt(lane: Lane, seconds: number): Occupancy | undefined {
  const { slots, periodSeconds } = lane.timetable
  const local = seconds + lane.shiftSeconds
  const within = modulo(local, periodSeconds)
  const order = slots.findLastIndex(({ from }) => from <= within)
  const slot = slots[order]
  if (slot === undefined || slot.until <= within) return undefined
  return occupancy(lane, Math.floor(local / periodSeconds), order)
}

/** Everybody who holds the lane for some of a stretch of time, in order. */
export function occupanciesWithin(lane: Lane, { from, until }: Span): readonly Occupancy[] {
  const { slots, periodSeconds } = lane.timetable
  const first = Math.floor((from + lane.shiftSeconds) / periodSeconds)
  const last = Math.floor((until + lane.shiftSeconds) / periodSeconds)
  return Array.from({ length: last - first + 1 }, (_, cycle) =>
    slots.map((_slot, order) => occupancy(lane, first + cycle, order)),
  )
    .flat()
    .filter((candidate) => candidate.from < until && candidate.until > from)
}

function occupancy(lane: Lane, cycle: number, order: number): Occupancy {
  const { slots, periodSeconds } = lane.timetable
  const slot = slots[order] ?? { from: 0, until: 0 }
  const start = cycle * periodSeconds - lane.shiftSeconds
  return {
    index: cycle * slots.length + order,
    from: start + slot.from,
    until: start + slot.until,
  }
}

/** Share of the lane that is at work at a time, 0 to 1. */
export function busyAt(lane: Lane, seconds: number): number {
  return lane.timetable.busy.at(seconds + lane.shiftSeconds)
}

/** The integral of `busyAt` over a stretch of time: seconds of full work. */
export function busySeconds(lane: Lane, { from, until }: Span): number {
  const { busy } = lane.timetable
  return busy.integral(until + lane.shiftSeconds) - busy.integral(from + lane.shiftSeconds)
}
