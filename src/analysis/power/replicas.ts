import { compareText } from './group.ts'
import { inTime, type Samples, type Span } from './window.ts'

/** The same series as one of several Prometheus replicas has it. */
export interface Replica {
  readonly name: string
  readonly samples: Samples
}

export interface ReplicaWindow extends Span {
  /** Samples further apart have a gap between them. */
  readonly mostApartSeconds: number
}

/**
 * The samples of a gauge from one replica, and from another only within its gaps: before its first, after its last,
 * and where its samples are too far apart. Two replicas are never interleaved.
 */
export function gaugeSamples(replicas: readonly Replica[], window: ReplicaWindow): Samples {
  const [first, others] = chosen(replicas, window)
  const fillers = gapsOf(first, window).flatMap((gap) => bestWithin(others, gap))
  return inTime([...first, ...fillers])
}

/**
 * The samples of a counter in runs of one replica each, in order of time: the one that saw most of the window, and
 * others only before its first and after its last sample. A gap inside needs no other replica, since the counter
 * went on counting. Growth is counted within a run and never from one to the next: replicas whose samples are
 * interleaved look like resets. (thanos-io/thanos#1326.)
 */
export function counterRuns(
  replicas: readonly Replica[],
  window: ReplicaWindow,
): readonly Samples[] {
  const [first, others] = chosen(replicas, window)
  const edges = gapsOf(first, window).filter(({ isInside }) => !isInside)
  const runs = [first, ...edges.map((gap) => bestWithin(others, gap))]
  return runs.filter((run) => run.length > 0).sort(([a], [b]) => (a?.[0] ?? 0) - (b?.[0] ?? 0))
}

/** The replica with the most samples in the window, by name where several have as many, and the others. */
function chosen(
  replicas: readonly Replica[],
  window: Span,
): readonly [first: Samples, others: readonly Samples[]] {
  const [first = [], ...others] = [...replicas]
    .sort((a, b) => compareText(a.name, b.name))
    .map(({ samples }) => within(inTime(samples), window))
    .sort((a, b) => b.length - a.length)
  return [first, others]
}

/** A sample at the very end closes the stretch before it, so it belongs to the window. */
const within = (samples: Samples, { from, until }: Span): Samples =>
  samples.filter(([seconds]) => seconds >= from && seconds <= until)

interface Gap extends Span {
  /** Whether there are samples on both sides. */
  readonly isInside: boolean
}

/** The stretches of the window that have no samples, without the times of the samples at their ends. */
function gapsOf(
  samples: Samples,
  { from, until, mostApartSeconds }: ReplicaWindow,
): readonly Gap[] {
  const times = [from, ...samples.map(([seconds]) => seconds), until]
  return times.slice(1).flatMap((end, index) => {
    const start = times[index] ?? end
    const isInside = index > 0 && index < samples.length
    return end - start > mostApartSeconds ? [{ from: start, until: end, isInside }] : []
  })
}

function bestWithin(others: readonly Samples[], gap: Span): Samples {
  const found = others.map((samples) =>
    samples.filter(([seconds]) => seconds > gap.from && seconds < gap.until),
  )
  return found.reduce((best, samples) => (samples.length > best.length ? samples : best), [])
}
