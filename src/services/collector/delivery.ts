import type { Now } from '../../kernel/clock.ts'
import { openQueue, type DiskQueue } from './queue.ts'
import { SinkError, type Batch, type Sink } from './row.ts'

/** How a sink fares. */
export interface SinkStatus {
  readonly name: Sink['name']
  readonly state: 'ok' | 'failing'
  readonly queued_batches: number
  readonly queued_bytes: number
  readonly delivered_batches: number
  readonly delivered_rows: number
  readonly failures: number
  /** Rows that had to go because the queue was full. */
  readonly dropped_rows: number
  /** Rows that the sink said it would never take. */
  readonly refused_rows: number
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
  readonly event: 'failing' | 'recovered' | 'dropped' | 'refused'
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
  const drain = async (): Promise<void> => {
    let batch = await queue.first()
    while (batch !== null && (await deliverOne(batch, { sink, queue, tally })))
      batch = await queue.first()
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

/** Whether to go on with the next. */
async function deliverOne(batch: Batch, { sink, queue, tally }: Delivering): Promise<boolean> {
  try {
    await sink.deliver(batch)
    tally.delivered(batch.rows.length)
  } catch (error) {
    if (!tally.failed(batch.rows.length, error)) return false
  }
  await queue.remove(batch.id)
  return true
}

/** What has become of the batches of a sink. */
interface Tally {
  delivered(rows: number): void
  /** Whether the rows were refused for ever, and have to go. */
  failed(rows: number, error: unknown): boolean
  dropped(rows: number): void
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
      counts.failures += 1
      lastError = messageOf(error)
      const refused = error instanceof SinkError && error.refused
      if (refused || failuresInRow === 0)
        note({ sink, event: refused ? 'refused' : 'failing', rows, error })
      counts.refused_rows += refused ? rows : 0
      if (!refused) restsUntil = now().getTime() + restMs(failuresInRow)
      if (!refused) failuresInRow += 1
      return refused
    },
    dropped(rows) {
      counts.dropped_rows += rows
      note({ sink, event: 'dropped', rows })
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
  failures: 0,
  dropped_rows: 0,
  refused_rows: 0,
}

function waitingOf(queue: DiskQueue, now: Date) {
  const { ids, bytes } = queue.waiting()
  const [oldest] = ids
  return {
    queued_batches: ids.length,
    queued_bytes: bytes,
    lag_seconds: oldest === undefined ? 0 : Math.max(0, (now.getTime() - oldest) / 1000),
  }
}
