import type { Now } from '../../kernel/clock.ts'
import type { Delivery } from './delivery.ts'
import type { Positions } from './positions.ts'
import { readInterval, type ReadingNeeds } from './read-interval.ts'

/** What has been read so far. */
export interface ReadingStatus {
  readonly collected_intervals: number
  readonly collected_rows: number
  /** Intervals of which a cluster said that something is missing. */
  readonly incomplete_intervals: number
  /** Readings that failed, and are tried again. */
  readonly failures: number
  /** Intervals that were too long ago to be read when there was somebody to read them. */
  readonly skipped_intervals: number
  readonly last_error: string | null
}

/** Reads the intervals that are due into the queues of the sinks. */
export interface CollectorReading {
  collect(): Promise<void>
  readonly failed: (error: unknown) => void
  stop(): void
  status(): ReadingStatus
}

export interface ReadingOptions extends ReadingNeeds {
  readonly clusters: () => readonly string[]
  readonly deliveries: readonly Delivery[]
  readonly positions: Positions
  readonly intervalSeconds: number
  readonly now: Now
  readonly note: (note: { readonly error: unknown }) => void
}

/** Exporters and Prometheus need a moment until an interval is complete. */
const LATE_SECONDS = 30
/** So far back is made up for after a stop, or after a cluster was away. */
const MOST_BACK_SECONDS = 6 * 3600
const LONGEST_READ_MS = 60_000

/** A reading that has not begun. */
export function createReading(options: ReadingOptions): CollectorReading {
  const { clusters, note } = options
  const counts = { ...NOTHING_YET }
  let lastError: string | null = null
  const reads = createReads()
  const failed = (error: unknown): void => {
    counts.failures += 1
    lastError = error instanceof Error ? error.message : 'unknown'
    note({ error })
  }
  const collect = async (cluster: string): Promise<boolean> => {
    try {
      await collectCluster(cluster, { ...options, counts, reads })
      return true
    } catch (error) {
      if (!reads.isOver()) failed(error)
      return false
    }
  }
  return {
    failed,
    async collect() {
      // Each at its own pace: one that is away is made up for when it is back, and holds up none.
      const done = await Promise.all(clusters().map(collect))
      if (done.every(Boolean)) lastError = null
    },
    stop: () => reads.end(),
    status: () => ({ ...counts, last_error: lastError }),
  }
}

const NOTHING_YET = {
  collected_intervals: 0,
  collected_rows: 0,
  incomplete_intervals: 0,
  failures: 0,
  skipped_intervals: 0,
}

interface Collecting extends ReadingOptions {
  readonly counts: typeof NOTHING_YET
  readonly reads: Reads
}

/** Reads what is due of a cluster, in order. What is in the queues before its position moves is never lost. */
async function collectCluster(cluster: string, collecting: Collecting): Promise<void> {
  const { positions, intervalSeconds: seconds, deliveries, counts, now, reads } = collecting
  const due = intervalsDue(await positions.read(cluster), now(), seconds)
  counts.skipped_intervals += due.skipped
  for (const end of due.ends) {
    const { rows, isWhole } = await reads.within((signal) =>
      readInterval(collecting, { cluster, end, seconds, signal }),
    )
    const batch = { cluster, end: end * 1000, rows }
    await Promise.all(deliveries.map((delivery) => delivery.add(batch)))
    await positions.write(cluster, end)
    counts.collected_intervals += 1
    counts.collected_rows += rows.length
    counts.incomplete_intervals += isWhole ? 0 : 1
  }
}

/** Readings that are under way, each with its own bound of time, and an end for all of them. */
interface Reads {
  within<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>
  end(): void
  isOver(): boolean
}

/** A signal for each: one for all that lives as long as the process would keep what was joined to it. */
function createReads(): Reads {
  const open = new Set<AbortController>()
  let isOver = false
  return {
    async within(work) {
      const controller = new AbortController()
      const late = setTimeout(
        () => controller.abort(new DOMException('The reading took too long.', 'TimeoutError')),
        LONGEST_READ_MS,
      )
      open.add(controller)
      if (isOver) controller.abort()
      try {
        return await work(controller.signal)
      } finally {
        clearTimeout(late)
        open.delete(controller)
      }
    },
    end() {
      isOver = true
      for (const controller of open) controller.abort()
    },
    isOver: () => isOver,
  }
}

/** The ends of the intervals that are over and were not collected yet, in unix seconds. */
function intervalsDue(last: number | null, now: Date, seconds: number) {
  const newest = Math.floor((now.getTime() / 1000 - LATE_SECONDS) / seconds) * seconds
  const oldest = newest - Math.floor(MOST_BACK_SECONDS / seconds) * seconds
  const next = last === null ? newest : last + seconds
  const first = Math.max(next, oldest)
  const count = Math.max(0, Math.floor((newest - first) / seconds) + 1)
  return {
    ends: Array.from({ length: count }, (_, index) => first + index * seconds),
    skipped: Math.max(0, Math.floor((first - next) / seconds)),
  }
}
