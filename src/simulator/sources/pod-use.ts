import { busyAt, busySeconds, type Lane } from '../lane.ts'
import { occupancyAt } from '../lane.ts'
import type { Span } from '../spans.ts'

const LEAST_SHARE = 0.35
const BUSY_SHARE = 0.45

/** The memory of the pod on a lane that cannot be reclaimed: some of what it asked for, more when it is busy. */
export function workingSetBytes(lane: Lane, seconds: number): number {
  if (occupancyAt(lane, seconds) === undefined) return 0
  return Math.round(lane.memoryBytes * (LEAST_SHARE + BUSY_SHARE * busyAt(lane, seconds)))
}

/** Bytes a second that a core at full work receives and sends. */
const RECEIVED_PER_CORE = 1_500_000
const SENT_PER_CORE = 2_500_000

/** What the pods of a lane have received over a stretch of time, in bytes. */
export const receivedBytes = (lane: Lane, span: Span): number =>
  Math.round(RECEIVED_PER_CORE * lane.cores * busySeconds(lane, span))

/** The same for what they have sent. */
export const sentBytes = (lane: Lane, span: Span): number =>
  Math.round(SENT_PER_CORE * lane.cores * busySeconds(lane, span))

/** Bytes a second that a core at full work reads from disks and writes to them. */
const READ_PER_CORE = 800_000
const WRITTEN_PER_CORE = 1_200_000

/** What the work of a lane has read from disks over a stretch of time, in bytes. */
export const readBytes = (lane: Lane, span: Span): number =>
  Math.round(READ_PER_CORE * lane.cores * busySeconds(lane, span))

/** The same for what it has written. */
export const writtenBytes = (lane: Lane, span: Span): number =>
  Math.round(WRITTEN_PER_CORE * lane.cores * busySeconds(lane, span))
