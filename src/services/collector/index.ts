import { join } from 'node:path'
import type { Now } from '../../kernel/clock.ts'
import { createDelivery, type Delivery } from './delivery.ts'
import { openPositions } from './positions.ts'
import type { ReadingNeeds } from './read-interval.ts'
import { createReading, type ReadingStatus } from './reading.ts'
import type { Sink } from './row.ts'
import type { DeliveryNote, SinkStatus } from './tally.ts'

export type { DeliveryNote } from './tally.ts'
export type { CollectedRow, Sink } from './row.ts'
export { influxSink } from './sinks/influx.ts'
export { redisSink } from './sinks/redis.ts'
export { storeSink } from './sinks/store.ts'

/** How the collector fares. */
export interface CollectorStatus extends ReadingStatus {
  readonly running: boolean
  readonly interval_seconds: number
  /** The end of the last interval that was collected of every cluster. */
  readonly collected_until: Date | null
  /** How long ago that is; null before the first. */
  readonly lag_seconds: number | null
  readonly sinks: readonly SinkStatus[]
}

/** Power and its cost, read on an interval and delivered to sinks at least once. */
export interface Collector {
  start(): void
  /** What is under way is finished; what waits in the queues stays there. */
  stop(): void
  status(): CollectorStatus
}

/** A collector with what only its owner does. */
export interface OwnCollector extends Collector {
  /** Collects every interval that has ended, and delivers what waits. */
  tick(): Promise<void>
  close(): Promise<void>
}

export interface CollectorOptions extends ReadingNeeds {
  readonly clusters: () => readonly string[]
  readonly sinks: readonly Sink[]
  /** Where the queues lie. */
  readonly directory: string
  /** Of the queue of each sink. */
  readonly mostBytes: number
  readonly intervalSeconds: number
  readonly now: Now
  readonly note: (note: DeliveryNote | { readonly error: unknown }) => void
}

/** A collector with its queues, not started. */
export async function createCollector(options: CollectorOptions): Promise<OwnCollector> {
  const { directory, intervalSeconds, now } = options
  const deliveries = await deliveriesOf(options)
  const positions = openPositions(join(directory, 'positions'))
  const reading = createReading({ ...options, deliveries, positions })
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
      ...reached(positions.known(options.clusters()), now()),
      sinks: deliveries.map((delivery) => delivery.status()),
    }),
    async close() {
      stop()
      reading.stop()
      await Promise.all(deliveries.map((delivery) => delivery.close()))
      await running?.catch(() => undefined)
    },
  }
}

const deliveriesOf = ({ sinks, ...options }: CollectorOptions): Promise<readonly Delivery[]> =>
  Promise.all(
    sinks.map((sink) =>
      createDelivery(sink, { ...options, directory: join(options.directory, sink.name) }),
    ),
  )

/** Whether an interval has ended, and whether a sink is back, is looked at so often. */
const MOST_BETWEEN_SECONDS = 10

const every = (seconds: number, work: () => Promise<void>): NodeJS.Timeout =>
  setInterval(() => void work(), Math.min(seconds, MOST_BETWEEN_SECONDS) * 1000).unref()

/** As far as the cluster that is furthest behind. */
function reached(ends: readonly number[], now: Date) {
  const end = ends.length === 0 ? null : Math.min(...ends)
  return {
    collected_until: end === null ? null : new Date(end * 1000),
    lag_seconds: end === null ? null : Math.max(0, now.getTime() / 1000 - end),
  }
}
