import { Counter, Gauge, type Registry } from 'prom-client'

/** How the collector fares, as far as it is measured. */
export interface CollectorSeen {
  readonly lag_seconds: number | null
  readonly collected_intervals: number
  readonly failures: number
  readonly sinks: readonly {
    readonly name: string
    readonly delivered_rows: number
    readonly retries: number
    readonly dropped_rows: number
    readonly refused_rows: number
    readonly queued_bytes: number
    readonly lag_seconds: number
  }[]
}

/** What is measured of the collector. */
export interface CollectorMetrics {
  /** It is read when somebody looks at it. */
  collector(read: () => CollectorSeen): void
}

type SinkSeen = CollectorSeen['sinks'][number]

const SINK_COUNTERS = [
  ['collector_rows_delivered_total', 'Rows that a sink has taken.', 'delivered_rows'],
  ['collector_retries_total', 'Deliveries to a sink that failed and are tried again.', 'retries'],
  ['collector_rows_dropped_total', 'Rows that had to go: the queue was full.', 'dropped_rows'],
  ['collector_rows_refused_total', 'Rows that a sink will never take.', 'refused_rows'],
] as const

const SINK_GAUGES = [
  ['collector_queue_bytes', 'What waits on disk for a sink.', 'queued_bytes'],
  ['collector_sink_lag_seconds', 'The age of the oldest that waits for a sink.', 'lag_seconds'],
] as const

/** The metrics of the collector, in a registry: they are there once there is a collector. */
export function collectorMetrics(register: Registry): CollectorMetrics {
  return {
    collector(read) {
      ownMetrics(register, read)
      for (const [name, help, field] of SINK_COUNTERS) {
        const counter = new Counter<'sink'>({
          ...{ name, help, labelNames: ['sink'], registers: [register] },
          collect() {
            counter.reset()
            eachSink(read, (sink) => counter.inc({ sink: sink.name }, sink[field]))
          },
        })
      }
      for (const [name, help, field] of SINK_GAUGES) {
        const gauge = new Gauge<'sink'>({
          ...{ name, help, labelNames: ['sink'], registers: [register] },
          collect() {
            eachSink(read, (sink) => gauge.set({ sink: sink.name }, sink[field]))
          },
        })
      }
    },
  }
}

function ownMetrics(register: Registry, read: () => CollectorSeen): void {
  const registers = [register]
  const lag = new Gauge({
    name: 'collector_lag_seconds',
    help: 'How long ago the last interval ended that was collected of every cluster.',
    registers,
    collect() {
      const { lag_seconds: seconds } = read()
      if (seconds !== null) lag.set(seconds)
    },
  })
  const intervals = new Counter({
    name: 'collector_intervals_total',
    help: 'Intervals of clusters that were collected, and readings that failed and are tried again.',
    labelNames: ['outcome'] as const,
    registers,
    collect() {
      const { collected_intervals: collected, failures } = read()
      intervals.reset()
      intervals.inc({ outcome: 'collected' }, collected)
      intervals.inc({ outcome: 'failed' }, failures)
    },
  })
}

const eachSink = (read: () => CollectorSeen, see: (sink: SinkSeen) => void): void => {
  for (const sink of read().sinks) see(sink)
}
