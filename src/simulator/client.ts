import type { Now } from '../kernel/clock.ts'
import { KCloudError } from '../kernel/errors.ts'
import type { Kind } from '../kernel/kind.ts'
import type { TimeRange } from '../kernel/time-range.ts'
import { evaluateInstant, evaluateRange } from '../promql/evaluate.ts'
import type { Vector } from '../promql/expression.ts'
import type { Labels, Sample, Series, SeriesStore } from '../promql/samples.ts'
import type { PrometheusClient, QueryOptions, Reply } from '../services/prometheus/client.ts'
import type { Cluster, World } from './datacentre.ts'
import { faultsOf } from './faults.ts'
import { observe } from './observation.ts'
import { readingOf } from './reading.ts'
import { isWithin } from './spans.ts'
import { createStore } from './store.ts'
import { targetsOf } from './targets.ts'
import { clusterOf } from './world.ts'

/** Days and weeks in long steps are told by some of the samples: all of them would take minutes to make up. */
const LONG_STEP_SECONDS = 900
const SAMPLES_OF_LONG_STEP = 5

/**
 * The Prometheus of a cluster, answered in process. It has every sample there ever was up to `now`, and none
 * later. Rejects as a backend does: as the faults of the world say, and with the reason of an ended signal.
 */
export function createSimulatedClient(
  world: World,
  cluster: string,
  { now }: { readonly now: Now },
): PrometheusClient {
  const place = clusterOf(world, cluster)
  const observations = targetsOf(place).map((target) => observe(target))
  const storeFor = (query: Vector<Kind>, { start, end, stepSeconds }: TimeRange) => {
    const { reachSeconds } = readingOf(query)
    const span = { from: seconds(start) - reachSeconds, until: seconds(end) + 1 }
    const apartSeconds = stepSeconds < LONG_STEP_SECONDS ? 0 : stepSeconds / SAMPLES_OF_LONG_STEP
    return createStore(observations, { span, now: seconds(now()), apartSeconds })
  }
  return {
    async instant(query, at, options) {
      await answers(place, now(), options)
      const rows = evaluateInstant(
        query,
        storeFor(query, { start: at, end: at, stepSeconds: 0 }),
        seconds(at),
      )
      return replyOf(place, { rows, now: now(), evaluatedAt: at })
    },
    async range(query, range, options) {
      await answers(place, now(), options)
      const store = storeFor(query, range)
      const rows = rangeOf(query, store, range)
      return replyOf(place, { rows, now: now(), evaluatedAt: range.end })
    },
  }
}

const seconds = (time: Date): number => time.getTime() / 1000

const SILENCES = {
  backend_unreachable: 'the connection was refused',
  backend_timeout: 'no answer in time',
} as const

/** Also a turn of the event loop, so that whoever asks much does not hold up everything else. */
async function answers({ faults }: Cluster, now: Date, { signal }: QueryOptions): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal?.throwIfAborted()
  const silent = faultsOf(faults, 'cluster_silent').find((fault) => isWithin([fault], seconds(now)))
  if (silent === undefined) return
  const known: Readonly<Partial<Record<typeof silent.as, string>>> = SILENCES
  throw new KCloudError(silent.as, { detail: known[silent.as] ?? 'the backend did not answer' })
}

interface Outcome<Row> {
  readonly rows: readonly Row[]
  readonly now: Date
  readonly evaluatedAt: Date
}

function replyOf<Row extends Sample | Series>(
  { faults }: Cluster,
  { rows, now, evaluatedAt }: Outcome<Row>,
): Reply<Row> {
  const warnings = faultsOf(faults, 'backend_warning')
    .filter((fault) => isWithin([fault], seconds(now)))
    .map(({ text }) => text)
  return { rows, warnings, bytes: sizeOf(rows), evaluatedAt }
}

const CHARACTERS_PER_POINT = 28
const CHARACTERS_PER_LABEL = 6

/** About as long as the answer would be as JSON. */
function sizeOf(rows: readonly (Sample | Series)[]): number {
  return rows.reduce((sum, row) => {
    const points = 'value' in row ? 1 : row.seconds.length
    return sum + labelSize(row.labels) + CHARACTERS_PER_POINT * points
  }, 0)
}

function labelSize(labels: Labels): number {
  return Object.entries(labels).reduce(
    (sum, [name, value]) => sum + name.length + value.length + CHARACTERS_PER_LABEL,
    0,
  )
}

/**
 * A range, step by step where current values are wanted: only so does a series end in the middle as it does under
 * a real server.
 */
function rangeOf(query: Vector<Kind>, store: SeriesStore, range: TimeRange): readonly Series[] {
  if (!readingOf(query).wantsCurrent) return evaluateRange(query, store, range)
  const samples = stepsOf(range).flatMap((at) => evaluateInstant(query, store, at))
  return [...grouped(samples).values()].map((points) => ({
    labels: points[0].labels,
    seconds: Float64Array.from(points, (point) => point.seconds),
    values: Float64Array.from(points, (point) => point.value),
  }))
}

type Points = [Sample, ...Sample[]]

function grouped(samples: readonly Sample[]): ReadonlyMap<string, Points> {
  const known = new Map<string, Points>()
  for (const sample of samples) {
    const key = keyOf(sample.labels)
    const points = known.get(key)
    if (points === undefined) known.set(key, [sample])
    else points.push(sample)
  }
  return known
}

function stepsOf({ start, end, stepSeconds }: TimeRange): readonly number[] {
  const steps = Math.floor((seconds(end) - seconds(start)) / stepSeconds) + 1
  return Array.from(
    { length: Math.max(0, steps) },
    (_, step) => seconds(start) + step * stepSeconds,
  )
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
