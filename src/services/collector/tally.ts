import type { Now } from '../../kernel/clock.ts'
import { SinkError, type Sink } from './row.ts'

/** How a sink fares. */
export interface SinkStatus {
  readonly name: Sink['name']
  readonly state: 'ok' | 'failing'
  readonly queued_batches: number
  readonly queued_bytes: number
  readonly delivered_batches: number
  readonly delivered_rows: number
  /** Deliveries that failed and were tried again. */
  readonly retries: number
  /** Rows that had to go because the queue was full. */
  readonly dropped_rows: number
  /** Rows that the sink said it would never take. */
  readonly refused_rows: number
  /** Files of the queue that nobody could read any more. */
  readonly damaged_batches: number
  readonly last_error: string | null
  readonly last_delivery: Date | null
  /** The age of the oldest batch that waits; 0 when none does. */
  readonly lag_seconds: number
}

/** Something that was lost or failed, for the log. */
export interface DeliveryNote {
  readonly sink: Sink['name']
  readonly event: 'failing' | 'recovered' | 'dropped' | 'refused' | 'damaged'
  readonly rows: number
  readonly error?: unknown
}

interface TallyOptions {
  readonly now: Now
  readonly note: (note: DeliveryNote) => void
}

/** What has become of the batches of a sink. */
export interface Tally {
  delivered(rows: number): void
  /** Whether the rows were refused for ever, and have to go. */
  failed(rows: number, error: unknown): boolean
  dropped(rows: number): void
  damaged(): void
  isResting(): boolean
  status(): Omit<SinkStatus, 'queued_batches' | 'queued_bytes' | 'lag_seconds'>
}

/** A tally of a sink that has had nothing yet. */
export function createTally({ name: sink }: Sink, { now, note }: TallyOptions): Tally {
  const counts = { ...NOTHING_YET }
  let lastError: string | null = null
  let lastDelivery: Date | null = null
  let failuresInRow = 0
  let restsUntil = 0
  return {
    delivered(rows) {
      counts.delivered_batches += 1
      counts.delivered_rows += rows
      if (failuresInRow > 0) note({ sink, event: 'recovered', rows })
      failuresInRow = 0
      lastError = null
      lastDelivery = now()
    },
    failed(rows, error) {
      lastError = messageOf(error)
      const refused = error instanceof SinkError && error.refused
      if (refused || failuresInRow === 0)
        note({ sink, event: refused ? 'refused' : 'failing', rows, error })
      counts.refused_rows += refused ? rows : 0
      if (refused) return true
      counts.retries += 1
      restsUntil = now().getTime() + restMs(failuresInRow)
      failuresInRow += 1
      return false
    },
    ...lossesOf(counts, (event, rows) => note({ sink, event, rows })),
    isResting: () => now().getTime() < restsUntil,
    status: () => ({
      name: sink,
      state: failuresInRow > 0 ? 'failing' : 'ok',
      ...counts,
      last_error: lastError,
      last_delivery: lastDelivery,
    }),
  }
}

/** What never reaches its sink. */
function lossesOf(
  counts: typeof NOTHING_YET,
  tell: (event: DeliveryNote['event'], rows: number) => void,
): Pick<Tally, 'dropped' | 'damaged'> {
  return {
    dropped(rows) {
      counts.dropped_rows += rows
      tell('dropped', rows)
    },
    damaged() {
      counts.damaged_batches += 1
      tell('damaged', 0)
    },
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')

const restMs = (failuresInRow: number): number =>
  Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** failuresInRow)

const NOTHING_YET = {
  delivered_batches: 0,
  delivered_rows: 0,
  retries: 0,
  dropped_rows: 0,
  refused_rows: 0,
  damaged_batches: 0,
}

const FIRST_REST_MS = 1000
const LONGEST_REST_MS = 60_000
