import type { Now } from '../../kernel/clock.ts'
import { openQueue, type DiskQueue, type Waiting } from './queue.ts'
import { SinkError, type Batch, type Sink } from './row.ts'

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

/** A sink with its queue. */
export interface Delivery {
  add(batch: Batch): Promise<void>
  /** Delivers what waits until it is all gone or the sink fails; a sink that has failed rests for a while. */
  run(): Promise<void>
  status(): SinkStatus
  close(): Promise<void>
}

/** Something that was lost or failed, for the log. */
export interface DeliveryNote {
  readonly sink: Sink['name']
  readonly event: 'failing' | 'recovered' | 'dropped' | 'refused' | 'damaged'
  readonly rows: number
  readonly error?: unknown
}

interface Options {
  readonly directory: string
  readonly mostBytes: number
  readonly now: Now
  readonly note: (note: DeliveryNote) => void
}

const FIRST_REST_MS = 1000
const LONGEST_REST_MS = 60_000

/** Opens the queue of a sink. */
export async function createDelivery(sink: Sink, options: Options): Promise<Delivery> {
  const queue = await openQueue(options.directory, options.mostBytes)
  const tally = createTally(sink, options)
  let running: Promise<void> | null = null
  let isClosing = false
  const drain = async (): Promise<void> => {
    let waiting = await queue.first()
    while (!isClosing && waiting !== null && (await deliverOne(waiting, { sink, queue, tally })))
      waiting = await queue.first()
  }
  return {
    async add(batch) {
      const dropped = await queue.add(batch)
      if (dropped.length > 0) tally.dropped(dropped.reduce((sum, { rows }) => sum + rows.length, 0))
    },
    async run() {
      if (tally.isResting()) return
      running ??= drain().finally(() => (running = null))
      await running
    },
    status: () => ({ ...tally.status(), ...waitingOf(queue, options.now()) }),
    async close() {
      isClosing = true
      await running?.catch(() => undefined)
      await sink.close()
    },
  }
}

interface Delivering {
  readonly sink: Sink
  readonly queue: DiskQueue
  readonly tally: Tally
}

/** Whether to go on with the next. A batch leaves the queue only when it has arrived, or never will. */
async function deliverOne(
  { key, batch }: Waiting,
  { sink, queue, tally }: Delivering,
): Promise<boolean> {
  if (batch === null) tally.damaged()
  else if (!(await isDone(batch, { sink, tally }))) return false
  await queue.remove(key)
  return true
}

async function isDone(
  batch: Batch,
  { sink, tally }: Pick<Delivering, 'sink' | 'tally'>,
): Promise<boolean> {
  try {
    await sink.deliver(batch)
    tally.delivered(batch.rows.length)
    return true
  } catch (error) {
    return tally.failed(batch.rows.length, error)
  }
}

/** What has become of the batches of a sink. */
interface Tally {
  delivered(rows: number): void
  /** Whether the rows were refused for ever, and have to go. */
  failed(rows: number, error: unknown): boolean
  dropped(rows: number): void
  damaged(): void
  isResting(): boolean
  status(): Omit<SinkStatus, 'queued_batches' | 'queued_bytes' | 'lag_seconds'>
}

function createTally({ name: sink }: Sink, { now, note }: Pick<Options, 'now' | 'note'>): Tally {
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
    dropped(rows) {
      counts.dropped_rows += rows
      note({ sink, event: 'dropped', rows })
    },
    damaged() {
      counts.damaged_batches += 1
      note({ sink, event: 'damaged', rows: 0 })
    },
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

function waitingOf(queue: DiskQueue, now: Date) {
  const { batches, oldest, bytes } = queue.waiting()
  return {
    queued_batches: batches,
    queued_bytes: bytes,
    lag_seconds: oldest === null ? 0 : Math.max(0, (now.getTime() - oldest) / 1000),
  }
}
