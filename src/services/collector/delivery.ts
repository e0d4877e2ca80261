import type { Now } from '../../kernel/clock.ts'
import { openQueue, type DiskQueue, type Waiting } from './queue.ts'
import type { Batch, Sink } from './row.ts'
import { createTally, type DeliveryNote, type SinkStatus, type Tally } from './tally.ts'

/** A sink with its queue. */
export interface Delivery {
  add(batch: Batch): Promise<void>
  /** Delivers what waits until it is all gone or the sink fails; a sink that has failed rests for a while. */
  run(): Promise<void>
  status(): SinkStatus
  close(): Promise<void>
}

interface Options {
  readonly directory: string
  readonly mostBytes: number
  readonly now: Now
  readonly note: (note: DeliveryNote) => void
}

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

function waitingOf(queue: DiskQueue, now: Date) {
  const { batches, oldest, bytes } = queue.waiting()
  return {
    queued_batches: batches,
    queued_bytes: bytes,
    lag_seconds: oldest === null ? 0 : Math.max(0, (now.getTime() - oldest) / 1000),
  }
}
