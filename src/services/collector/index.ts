import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Now } from '../../kernel/clock.ts'
import type { FleetReader } from '../fleet/index.ts'
import { createDelivery, type Delivery, type DeliveryNote, type SinkStatus } from './delivery.ts'
import { writeSafely } from './queue.ts'
import { readInterval, type CostOf } from './read-interval.ts'
import type { Sink } from './row.ts'

export type { DeliveryNote, SinkStatus } from './delivery.ts'
export type { CostOf } from './read-interval.ts'
export type { Batch, CollectedRow, Sink } from './row.ts'
export { writeSafely } from './queue.ts'
export { influxSink } from './sinks/influx.ts'
export { redisSink } from './sinks/redis.ts'
export { storeSink } from './sinks/store.ts'

/** How the collector fares. */
export interface CollectorStatus {
  readonly running: boolean
  readonly interval_seconds: number
  readonly collected_intervals: number
  readonly collected_rows: number
  /** Intervals in which a cluster did not answer: its rows are missing. */
  readonly incomplete_intervals: number
  /** Intervals that could not be read, and are tried again. */
  readonly failures: number
  /** Intervals that were too long ago to be read when the collector came back. */
  readonly skipped_intervals: number
  readonly last_error: string | null
  /** The end of the last interval that was collected. */
  readonly collected_until: Date | null
  /** How long ago that is; null before the first. */
  readonly lag_seconds: number | null
  readonly sinks: readonly SinkStatus[]
}

/** Power and its cost, read on an interval and delivered to sinks at least once. */
export interface Collector {
  start(): void
  stop(): void
  /** Collects every interval that has ended, and delivers what waits. */
  tick(): Promise<void>
  status(): CollectorStatus
  close(): Promise<void>
}

export interface CollectorOptions {
  readonly fleet: FleetReader
  readonly costOf: CostOf
  readonly sinks: readonly Sink[]
  /** Where the queues lie. */
  readonly directory: string
  /** Of the queue of each sink. */
  readonly mostBytes: number
  readonly intervalSeconds: number
  readonly now: Now
  readonly note: (note: DeliveryNote | { readonly error: unknown }) => void
}

/** Exporters and Prometheus need a moment until an interval is complete. */
const LATE_SECONDS = 30
/** So far back is made up for after a stop. */
const MOST_BACK_SECONDS = 6 * 3600
const LONGEST_READ_MS = 60_000

/** A collector with its queues, not started. */
export async function createCollector(options: CollectorOptions): Promise<Collector> {
  const { directory, intervalSeconds, now } = options
  const deliveries = await deliveriesOf(options)
  const position = await openPosition(join(directory, 'position.json'))
  const reading = createReading({ ...options, deliveries, position })
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null
  const work = async (): Promise<void> => {
    await reading.collect()
    await Promise.all(deliveries.map((delivery) => delivery.run()))
  }
  const tick = (): Promise<void> => (running ??= work().finally(() => (running = null)))
  const stop = (): void => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }
  return {
    start() {
      timer ??= every(intervalSeconds, () => tick().catch(reading.failed))
    },
    stop,
    tick,
    status: () => ({
      running: timer !== null,
      interval_seconds: intervalSeconds,
      ...reading.status(),
      ...reached(position.get(), now()),
      sinks: deliveries.map((delivery) => delivery.status()),
    }),
    async close() {
      stop()
      reading.stop()
      await running?.catch(() => undefined)
      await Promise.all(deliveries.map((delivery) => delivery.close()))
    },
  }
}

const deliveriesOf = ({ sinks, ...options }: CollectorOptions): Promise<readonly Delivery[]> =>
  Promise.all(
    sinks.map((sink) =>
      createDelivery(sink, { ...options, directory: join(options.directory, sink.name) }),
    ),
  )

const every = (seconds: number, work: () => Promise<void>): NodeJS.Timeout =>
  setInterval(() => void work(), Math.min(seconds, MOST_BETWEEN_SECONDS) * 1000).unref()

/** Whether an interval has ended, and whether a sink is back, is looked at so often. */
const MOST_BETWEEN_SECONDS = 10

interface ReadingOptions extends CollectorOptions {
  readonly deliveries: readonly Delivery[]
  readonly position: Awaited<ReturnType<typeof openPosition>>
}

/** Reads the intervals that are due into the queues. */
function createReading(options: ReadingOptions) {
  const { deliveries, position, intervalSeconds, now, note } = options
  const counts = { ...NOTHING_YET }
  let lastError: string | null = null
  const stopping = new AbortController()
  const collectOne = async (end: number): Promise<void> => {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(LONGEST_READ_MS)])
    const interval = { end: new Date(end * 1000), seconds: intervalSeconds, signal }
    const { rows, silent } = await readInterval(options, interval)
    await Promise.all(deliveries.map((delivery) => delivery.add({ id: end * 1000, rows })))
    await position.set(end)
    counts.collected_intervals += 1
    counts.collected_rows += rows.length
    if (silent.length > 0) counts.incomplete_intervals += 1
  }
  const failed = (error: unknown): void => {
    counts.failures += 1
    lastError = error instanceof Error ? error.message : 'unknown'
    note({ error })
  }
  return {
    failed,
    async collect(): Promise<void> {
      try {
        const due = intervalsDue(position.get(), now(), intervalSeconds)
        counts.skipped_intervals += due.skipped
        for (const end of due.ends) await collectOne(end)
        lastError = null
      } catch (error) {
        failed(error)
      }
    },
    stop: () => stopping.abort(),
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

function reached(end: number | null, now: Date) {
  return {
    collected_until: end === null ? null : new Date(end * 1000),
    lag_seconds: end === null ? null : Math.max(0, now.getTime() / 1000 - end),
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
    skipped: Math.max(0, (first - next) / seconds),
  }
}

/** How far it has come, kept on disk. */
async function openPosition(file: string) {
  let end = await readPosition(file)
  return {
    get: () => end,
    async set(next: number): Promise<void> {
      await writeSafely(file, JSON.stringify({ end: next }))
      end = next
    },
  }
}

async function readPosition(file: string): Promise<number | null> {
  try {
    const { end } = JSON.parse(await readFile(file, 'utf8')) as { readonly end: number }
    return Number.isFinite(end) ? end : null
  } catch {
    // There is none yet, or a crash has cut it: it begins with now.
    return null
  }
}
